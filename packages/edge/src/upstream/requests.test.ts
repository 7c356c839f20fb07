import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  cleanUp,
  eventually,
  host,
  routeId,
  routeOf,
  slotOf,
  startTestEdge,
  type TestEdge,
} from '../testing/harness.ts';
import { ask, askRaw } from '../testing/http.ts';
import { type RawApp, type RawRequest, startRawApp } from '../testing/raw-app.ts';

let edge: TestEdge;
let app: RawApp;
let answer: (request: RawRequest) => void;
const limits = { bodyBytes: 0, responseTimeoutMs: 500 };

beforeEach(async () => {
  app = await startRawApp((request) => answer(request));
  edge = await startTestEdge();
  await edge.admin.putRoute(routeOf(1, [slotOf('blue', 100, app)], { limits }));
});
afterEach(cleanUp);

const plain = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

test('a body in chunks goes on in chunks, whole; its trailers are dropped', async () => {
  answer = (heard) =>
    void eventually(() => heard.text)
      .toMatch(/\r\n0\r\n/)
      .then(() => heard.socket.write(plain));
  const body = '3\r\nabc\r\n2\r\nde\r\n0\r\nX-Kova-Token: t\r\n\r\n';
  const head = 'POST /a?b HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
  expect(await askRaw(edge.port, head + body, 2_000)).toContain('\r\n\r\nok');
  const text = app.requests[0]?.text ?? '';
  expect(text).toMatch(/^POST \/a\?b HTTP\/1\.1\r\nhost: shop\.test\r\n/);
  expect(text).toMatch(
    /\r\ntransfer-encoding: chunked\r\nconnection: keep-alive\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n$/,
  );
});

test('a POST without a body says so', async () => {
  answer = ({ socket }) => socket.write(plain);
  await ask(edge.port, '/', { method: 'POST' });
  expect(app.requests[0]?.text).toMatch(/\r\ncontent-length: 0\r\n/);
});

test('requests that a client sends at once are answered in their order', async () => {
  answer = ({ text, socket }) => {
    const [, name] = /^GET \/(\w+)/.exec(text) ?? [];
    setTimeout(() => socket.write(plain.replace('ok', name as string)), name === 'aa' ? 100 : 0);
  };
  const get = (name: string) => `GET /${name} HTTP/1.1\r\nHost: shop.test\r\n\r\n`;
  const received = await askRaw(edge.port, get('aa') + get('bb') + get('cc'), 500);
  expect(received.match(/\r\n\r\n(aa|bb|cc)/g)?.map((end) => end.trim())).toEqual(['aa', 'bb', 'cc']);
});

test('an instance may answer before it has the whole body: that connection is not used again', async () => {
  answer = ({ socket }) => socket.write(plain);
  const call = request({ host: '127.0.0.1', port: edge.port, method: 'POST', headers: { host, 'content-length': 9 } });
  call.write('some');
  const [response] = await once(call, 'response');
  expect(response.statusCode).toBe(200);
  expect((await ask(edge.port)).body).toBe('ok');
  call.end('more.');
  expect(app.requests.map(({ connection }) => connection)).toEqual([1, 2]);
});

test('a slow upload is no slow answer', async () => {
  answer = (heard) =>
    void eventually(() => heard.text)
      .toMatch(/end$/)
      .then(() => heard.socket.write(plain));
  const call = request({ host: '127.0.0.1', port: edge.port, method: 'POST', headers: { host, 'content-length': 6 } });
  call.write('the');
  // Longer than the limit for the answer.
  await sleep(2 * limits.responseTimeoutMs);
  call.end('end');
  const [response] = await once(call, 'response');
  expect(response.statusCode).toBe(200);
});

test('a head that stalls in the middle, or stays an interim one, is a 504', async () => {
  for (const start of ['HTTP/1.1 200 OK\r\nX-A', 'HTTP/1.1 102 Processing\r\n\r\n']) {
    answer = ({ socket }) => socket.write(start);
    expect((await ask(edge.port)).status).toBe(504);
  }
  await eventually(() => app.requests.every(({ socket }) => socket.destroyed)).toBe(true);
});

test('a client that reads slowly slows the instance down, and gets everything', async () => {
  const size = 64 * 1024 * 1024;
  answer = ({ socket }) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
    socket.write(Buffer.alloc(size, 'k'));
  };
  const client = connect(edge.port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n');
  client.pause();
  const sent = () => (app.requests[0] ? size - app.requests[0].socket.writableLength : 0);
  await eventually(() => app.requests.length).toBe(1);
  await sleep(300);
  expect(app.requests[0]?.socket.writableLength).toBeGreaterThan(0);
  expect(sent()).toBeLessThan(size);
  let received = 0;
  client.on('data', (chunk) => {
    received += chunk.length;
  });
  client.resume();
  await once(client, 'end');
  expect(received).toBeGreaterThan(size);
});

test('a client that leaves in the middle of its upload ends the connection to the instance', async () => {
  answer = () => {};
  const client = connect(edge.port, '127.0.0.1');
  client.write('POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 100\r\n\r\nhalf');
  await eventually(() => app.requests[0]?.text).toMatch(/half$/);
  client.destroy();
  await eventually(() => app.requests[0]?.socket.destroyed).toBe(true);
  await eventually(async () => (await edge.admin.counters(routeId))[0]).toMatchObject({ errors: 0, inFlight: 0 });
});

test('a connection that is idle is closed before the instance would close it', async () => {
  answer = ({ socket }) => socket.write(plain);
  await ask(edge.port);
  await eventually(() => app.requests[0]?.socket.destroyed).toBe(true);
});

test('an instance that closes an idle connection as a POST goes out on it: the POST took a fresh one', async () => {
  let usedAt = 0;
  answer = ({ socket, connection }) => {
    // Idle for so long that it was about to close it.
    if (connection === 1 && usedAt > 0 && performance.now() - usedAt > 1_000) socket.resetAndDestroy();
    else socket.write(plain);
    usedAt = performance.now();
  };
  expect((await ask(edge.port)).status).toBe(200);
  await sleep(1_200);
  expect((await ask(edge.port, '/', { method: 'POST', body: 'once' })).status).toBe(200);
  expect(app.requests.map(({ connection }) => connection)).toEqual([1, 2]);
});

test('a GET on a connection that the instance is closing is sent again', async () => {
  answer = ({ socket, connection, text }) => {
    if (connection === 1 && text.includes('/again')) socket.resetAndDestroy();
    else socket.write(plain);
  };
  await ask(edge.port);
  expect((await ask(edge.port, '/again')).status).toBe(200);
  expect(app.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
});
