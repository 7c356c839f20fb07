import { afterEach, expect, test } from 'vitest';
import { cleanUp, eventually, routeId, routeOf, slotOf, startApp, startTestEdge } from '../testing/harness.ts';
import { ask } from '../testing/http.ts';
import { Health } from './health.ts';

afterEach(cleanUp);

// https://github.com/basecamp/kamal-proxy/issues/71
test('1 in 15 probes too slow: the instance stays in', () => {
  const health = new Health();
  for (let probe = 1; probe <= 300; probe++) {
    health.probed(probe % 15 !== 0, { unhealthyAfter: 3, healthyAfter: 2 });
    expect(health.healthy).toBe(true);
  }
});

test('out after the failures in a row that the route names, in after the passes', () => {
  const health = new Health();
  const seen = [false, false, false, true, false, true, true].map((ok) => {
    health.probed(ok, { unhealthyAfter: 3, healthyAfter: 2 });
    return health.healthy;
  });
  expect(seen).toEqual([true, true, false, false, false, false, true]);
});

test('two refused connections in a row: out at once, a probe brings it back', () => {
  const health = new Health();
  health.connectFailed();
  health.connected();
  health.connectFailed();
  expect(health.healthy).toBe(true);
  health.connectFailed();
  expect(health.healthy).toBe(false);
  health.probed(true, { unhealthyAfter: 3, healthyAfter: 1 });
  expect(health.healthy).toBe(true);
});

test('an instance whose probes time out gets no requests; when none is healthy all are tried', async () => {
  const [{ admin, port }, first, second] = await Promise.all([startTestEdge(), startApp('rel_1'), startApp('rel_1')]);
  const health = { path: '/healthz', intervalMs: 100, timeoutMs: 1_500, unhealthyAfter: 2, healthyAfter: 1 };
  await admin.putRoute(routeOf(1, [slotOf('blue', 100, first, second)], { health }));
  const unhealthy = async () => (await admin.counters(routeId))[0]?.unhealthyInstances;
  await ask(first.port, '/health-delay?ms=30000');
  await eventually(unhealthy).toEqual([`blue-${first.pid}`]);
  for (let count = 0; count < 6; count++) expect((await ask(port)).body).toBe(`rel_1 ${second.pid}`);
  await ask(second.port, '/health-delay?ms=30000');
  await eventually(unhealthy).toHaveLength(2);
  expect((await ask(port)).status).toBe(200);
  await ask(first.port, '/health-delay?ms=0');
  await eventually(unhealthy).toEqual([`blue-${second.pid}`]);
});
