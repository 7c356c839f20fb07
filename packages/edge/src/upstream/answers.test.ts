import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cleanUp, eventually, routeId, routeOf, slotOf, startTestEdge, type TestEdge } from '../testing/harness.ts';
import { ask, askRaw } from '../testing/http.ts';
import { type RawApp, type RawRequest, startRawApp } from '../testing/raw-app.ts';

let edge: TestEdge;
let app: RawApp;
let answer: (request: RawRequest) => void;

beforeEach(async () => {
  app = await startRawApp((request) => answer(request));
  edge = await startTestEdge();
  await edge.admin.putRoute(routeOf(1, [slotOf('blue', 100, app)]));
});
afterEach(cleanUp);

const plain = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const get = (more = '') => `GET / HTTP/1.1\r\nHost: shop.test\r\n${more}\r\n`;

describe('an answer of every shape arrives, and its connection is used again where that is safe', () => {
  test.each([
    ['of known length', plain, 'ok', 1],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x=y\r\nk\r\n0\r\n\r\n', 'ok', 1],
    ['with trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n', 'ok', 1],
    ['without a body', 'HTTP/1.1 204 No Content\r\n\r\n', '', 1],
    ['304 with a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', '', 1],
    ['with 90 headers', plain.replace('\r\n', `\r\n${'X-Many: 1\r\n'.repeat(90)}`), 'ok', 1],
    ['that closes', plain.replace('\r\n', '\r\nConnection: close\r\n'), 'ok', 2],
    ['of HTTP/1.0', plain.replace('1.1', '1.0'), 'ok', 2],
    ['that closes so soon that we would meet it', plain.replace('\r\n', '\r\nKeep-Alive: timeout=1\r\n'), 'ok', 2],
    ['that goes on after its end', `${plain}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nevil!`, 'ok', 2],
    ['that goes on with half an answer', `${plain}HT`, 'ok', 2],
    ['that goes on with nonsense', `${plain}\0\0`, 'ok', 2],
  ])('%s', async (_, bytes, body, connections) => {
    answer = ({ socket }) => socket.write(bytes, 'latin1');
    // A GET would be sent again when the connection turns out to be spoilt.
    for (let turn = 0; turn < 2; turn++) expect((await ask(edge.port, '/', { method: 'POST' })).body).toBe(body);
    expect(new Set(app.requests.map(({ connection }) => connection)).size).toBe(connections);
  });

  test('that ends with its connection', async () => {
    answer = ({ socket }) => socket.end('HTTP/1.1 200 OK\r\n\r\nall of it');
    expect((await ask(edge.port)).body).toBe('all of it');
  });

  test('byte by byte', async () => {
    const bytes = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n';
    answer = async ({ socket }) => {
      for (const byte of bytes) await new Promise<void>((resolve) => socket.write(byte, () => setImmediate(resolve)));
    };
    const { body, headers } = await ask(edge.port);
    expect({ body, header: headers['x-a'] }).toEqual({ body: 'ok', header: 'b' });
  });

  test('to HEAD: its length is told, no body follows, and the connection ends', async () => {
    answer = ({ text, socket }) => socket.write(text.startsWith('HEAD') ? plain.slice(0, -2) : plain);
    const { headers, body } = await ask(edge.port, '/', { method: 'HEAD' });
    expect({ length: headers['content-length'], body }).toEqual({ length: '2', body: '' });
    expect((await ask(edge.port)).body).toBe('ok');
    expect(app.requests.map(({ connection }) => connection)).toEqual([1, 2]);
  });
});

describe('what is no answer is a 502, and an error of the instance', () => {
  test.each([
    ['nonsense', 'SMTP ready\r\n'],
    ['a length and an encoding', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'],
    ['a head too large', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(70_000)}\r\n\r\n`],
    ['a bare CR in a header', 'HTTP/1.1 200 OK\r\nX-A: b\rX-B: c\r\nContent-Length: 0\r\n\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
    ['a status that is none', 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n'],
  ])('%s', async (_, bytes) => {
    answer = ({ socket }) => socket.write(bytes, 'latin1');
    expect((await ask(edge.port, '/', { method: 'POST' })).status).toBe(502);
    expect((await edge.admin.counters(routeId))[0]).toMatchObject({ requests: 1, errors: 1, inFlight: 0 });
  });

  test('a body that ends before its length, in a bad chunk or with framing in its trailers breaks off for the client', async () => {
    const chunk = 'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n';
    for (const half of ['Content-Length: 9\r\n\r\nhalf', `${chunk}zz\r\n`, `${chunk}0\r\nContent-Length: 9\r\n\r\n`]) {
      answer = ({ socket }) => socket.end(`HTTP/1.1 200 OK\r\n${half}`);
      await expect(ask(edge.port)).rejects.toThrow(/aborted|hang up|reset/i);
    }
  });
});

test('trailers pass, but for those that frame or route a message', async () => {
  const trailers = 'X-Sum: 1\r\nConnection: x-sum\r\nHost: other.test\r\nX-Kova-Token: t\r\n';
  answer = ({ socket }) =>
    socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n${trailers}\r\n`);
  expect(await askRaw(edge.port, get('Connection: close\r\n'))).toMatch(/\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n$/);
  // HTTP/1.0 has no place for them.
  expect(await askRaw(edge.port, get('').replace('1.1', '1.0'))).toMatch(/\r\n\r\nok$/);
});

test('103 and other interim answers pass before the answer, to clients that know them', async () => {
  const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nKeep-Alive: timeout=9\r\n\r\n';
  const interim = `HTTP/1.1 100 Continue\r\n\r\n${hints}HTTP/1.1 102 Processing\r\n\r\n`;
  answer = ({ socket }) => {
    socket.write(interim);
    setImmediate(() => socket.write(plain));
  };
  const received = await askRaw(edge.port, get('Connection: close\r\n'));
  expect(received).toMatch(
    /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>; rel=preload\r\n\r\nHTTP\/1\.1 102 Processing\r\n\r\nHTTP\/1\.1 200 OK\r\n/,
  );
  expect(await askRaw(edge.port, get('').replace('1.1', '1.0'))).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

test('a request that got an interim answer is not sent again', async () => {
  answer = ({ socket }) => socket.end('HTTP/1.1 103 Early Hints\r\n\r\n');
  expect((await ask(edge.port)).status).toBe(502);
  expect(app.requests).toHaveLength(1);
});

test('bytes on an idle connection that nobody asked for are no answer for the next', async () => {
  answer = ({ socket, connection }) => {
    socket.write(plain);
    if (connection === 1) setTimeout(() => socket.write(plain.replace('ok', 'no')), 20);
  };
  expect((await ask(edge.port)).body).toBe('ok');
  await eventually(() => app.requests[0]?.socket.destroyed).toBe(true);
  expect((await ask(edge.port)).body).toBe('ok');
  expect(app.requests.map(({ connection }) => connection)).toEqual([1, 2]);
});
