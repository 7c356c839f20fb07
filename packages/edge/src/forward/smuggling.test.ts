import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp, routeOf, slotOf, startApp, startTestEdge, type TestEdge } from '../testing/harness.ts';
import { ask, askRaw } from '../testing/http.ts';

let edge: TestEdge;

beforeAll(async () => {
  const [started, app] = await Promise.all([startTestEdge(), startApp('rel_1')]);
  edge = started;
  await edge.admin.putRoute(routeOf(1, [slotOf('blue', 100, app)]));
});
afterAll(cleanUp);

const smuggled = 'GET /reset HTTP/1.1\r\nHost: shop.test\r\n\r\n';

describe('a request that two parsers could read differently is refused', () => {
  test.each([
    [
      'Content-Length and Transfer-Encoding',
      `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'Transfer-Encoding and Content-Length',
      `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    ['two lengths', `Content-Length: 0\r\nContent-Length: 30\r\n\r\n${smuggled}`],
    ['a list of lengths', `Content-Length: 0, 30\r\n\r\n${smuggled}`],
    ['a signed length', `Content-Length: +3\r\n\r\nabc`],
    ['an obscured encoding', `Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`],
    ['another encoding first', `Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['a space before the colon', `Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ['a bad chunk size', 'Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n'],
    ['a chunk longer than its size', 'Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n'],
    ['a bare CR in a header', 'X-A: b\rX-Kova-Slot: green\r\n\r\n'],
    ['a folded header', 'X-A: b\r\n c\r\n\r\n'],
    ['two hosts', 'Host: other.test\r\n\r\n'],
  ])('%s', async (_, rest) => {
    const received = await askRaw(edge.port, `POST /echo HTTP/1.1\r\nHost: shop.test\r\n${rest}`);
    // Nothing at all: node has closed the connection on what follows the head.
    expect(received).toMatch(/^(HTTP\/1\.1 400 |$)/);
    expect(received).not.toContain('200 OK');
  });

  test('no host', async () => {
    expect(await askRaw(edge.port, 'GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('a head too large', async () => {
    const head = `GET / HTTP/1.1\r\nHost: shop.test\r\nX-A: ${'a'.repeat(40_000)}\r\n\r\n`;
    expect(await askRaw(edge.port, head)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

test('what Connection names is for the edge alone, and cannot take away what the edge adds', async () => {
  const received = await askRaw(
    edge.port,
    'GET /echo HTTP/1.1\r\nHost: shop.test\r\nConnection: close, X-Forwarded-For, X-Secret\r\nX-Secret: 1\r\nTE: trailers\r\nKeep-Alive: 5\r\nX-Open: 1\r\n\r\n',
  );
  const { headers } = JSON.parse(received.slice(received.indexOf('{'), received.lastIndexOf('}') + 1));
  expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-open': '1', connection: 'keep-alive' });
  for (const name of ['x-secret', 'te', 'keep-alive']) expect(headers).not.toHaveProperty(name);
});

test("what an instance's Connection names stays behind too", async () => {
  const { headers } = await ask(edge.port, '/hops');
  expect(headers['x-open']).toBe('yes');
  expect(headers).not.toHaveProperty('x-internal');
});

test('Upgrade to anything but a WebSocket is not passed on', async () => {
  const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' };
  const { status, body } = await ask(edge.port, '/echo', { headers });
  expect(status).toBe(200);
  const seen = JSON.parse(body).headers;
  expect(seen).not.toHaveProperty('upgrade');
  expect(seen).not.toHaveProperty('http2-settings');
});

test('forwarded headers: a proxy on this machine is believed, and ids only when sane', async () => {
  const forwarded = {
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'shop.example',
  };
  const sane = await ask(edge.port, '/echo', { headers: { ...forwarded, 'x-request-id': 'trace-1' } });
  expect(JSON.parse(sane.body).headers).toMatchObject({
    ...forwarded,
    'x-forwarded-for': '203.0.113.7, 127.0.0.1',
    'x-request-id': 'trace-1',
  });
  expect(sane.headers['x-request-id']).toBe('trace-1');
  const odd = await ask(edge.port, '/echo', { headers: { 'x-request-id': 'a b"c' } });
  expect(odd.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('an absolute request target counts more than the Host header', async () => {
  const received = await askRaw(
    edge.port,
    'GET http://shop.test/echo?a=1 HTTP/1.1\r\nHost: other.test\r\nConnection: close\r\n\r\n',
  );
  expect(received).toContain('"url":"/echo?a=1"');
  expect(received).toContain('"host":"shop.test"');
});
