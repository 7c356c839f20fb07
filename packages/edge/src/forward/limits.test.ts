import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  cleanUp,
  eventually,
  routeId,
  routeOf,
  slotOf,
  startApp,
  startTestEdge,
  type TestApp,
  type TestEdge,
} from '../testing/harness.ts';
import { ask, askRaw } from '../testing/http.ts';

let edge: TestEdge;
let app: TestApp;
const limits = { bodyBytes: 100_000, responseTimeoutMs: 60_000 };

beforeEach(async () => {
  [edge, app] = await Promise.all([startTestEdge(), startApp('rel_1')]);
  await edge.admin.putRoute(routeOf(1, [slotOf('blue', 100, app)], { limits }));
});
afterEach(cleanUp);

async function counters() {
  const [blue] = await edge.admin.counters(routeId);
  if (!blue) throw new Error('no slot');
  return blue;
}

test('a body over the limit gets 413, whether its length is told or counted', async () => {
  const told = await ask(edge.port, '/echo', { method: 'POST', body: Buffer.alloc(100_001) });
  expect(told.status).toBe(413);
  const counted = await ask(edge.port, '/echo', {
    method: 'POST',
    headers: { 'transfer-encoding': 'chunked' },
    body: Buffer.alloc(300_000),
  });
  expect(counted.status).toBe(413);
  const within = { method: 'POST', headers: { 'transfer-encoding': 'chunked' }, body: Buffer.alloc(100_000) };
  expect(JSON.parse((await ask(edge.port, '/echo', within)).body).bytes).toBe(100_000);
  expect((await counters()).errors).toBe(0);
});

test('Expect: 100-continue is answered before the body, unless the body would be refused', async () => {
  const head = 'POST /echo HTTP/1.1\r\nHost: shop.test\r\nExpect: 100-continue\r\nConnection: close\r\n';
  const accepted = await askRaw(edge.port, `${head}Content-Length: 2\r\n\r\nok`);
  expect(accepted).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  expect(await askRaw(edge.port, `${head}Content-Length: 200000\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
});

test('an instance that does not answer in time: 504, counted as an error', async () => {
  const soon = { ...limits, responseTimeoutMs: 300 };
  await edge.admin.putRoute(routeOf(2, [slotOf('blue', 100, app)], { limits: soon }));
  const { status, body } = await ask(edge.port, '/hang');
  expect(status).toBe(504);
  expect(body).toContain('did not answer in time');
  expect(await counters()).toMatchObject({ requests: 1, errors: 1, inFlight: 0 });
});

test('a POST that reached an instance is never sent twice', async () => {
  expect((await ask(edge.port, '/reset', { method: 'POST', body: 'x' })).status).toBe(502);
  expect((await ask(edge.port, '/reset', { method: 'POST' })).status).toBe(502);
  expect((await ask(edge.port, '/posts')).body).toBe('2');
});

test('an answer that breaks off in the middle breaks off for the client too, and is an error', async () => {
  await expect(ask(edge.port, '/half')).rejects.toThrow(/aborted|hang up|reset/i);
  await eventually(async () => (await counters()).errors).toBe(1);
});

test('5xx of the instance pass through and count as errors, 4xx do not', async () => {
  expect((await ask(edge.port, '/status?code=503')).status).toBe(503);
  expect((await ask(edge.port, '/status?code=404')).status).toBe(404);
  expect(await counters()).toMatchObject({ requests: 2, errors: 1 });
});

test('a client that leaves cancels the request upstream and is no error', async () => {
  const leaving = new AbortController();
  const asked = ask(edge.port, '/events', { signal: leaving.signal });
  await eventually(async () => (await counters()).inFlight).toBe(1);
  leaving.abort();
  await expect(asked).rejects.toThrow();
  await eventually(async () => (await counters()).inFlight).toBe(0);
  expect(await counters()).toMatchObject({ requests: 1, errors: 0 });
});

test('an early answer reaches a client that is still sending', async () => {
  const early = await ask(edge.port, '/early', { method: 'POST', body: Buffer.alloc(90_000) });
  expect(early).toMatchObject({ status: 401, body: 'no' });
});

test('a large answer arrives whole', async () => {
  expect((await ask(edge.port, '/large')).body).toHaveLength(160 * 64 * 1024);
});

test('HEAD has a head only', async () => {
  const { status, headers, body } = await ask(edge.port, '/', { method: 'HEAD' });
  expect({ status, body, release: headers['x-kova-release'] }).toEqual({ status: 200, body: '', release: 'rel_1' });
});

test('unknown hosts get 404, a route without slots 503', async () => {
  expect((await ask(edge.port, '/', { headers: { host: 'other.test' } })).status).toBe(404);
  expect((await ask(edge.port, '/', { headers: { host: 'SHOP.test:80' } })).status).toBe(200);
  await edge.admin.putRoute(routeOf(2, []));
  const none = await ask(edge.port, '/', { headers: { accept: 'application/json' } });
  expect(none.status).toBe(503);
  expect(none.headers['retry-after']).toBe('5');
  expect(JSON.parse(none.body)).toMatchObject({ status: 503 });
});
