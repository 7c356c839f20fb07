import { afterEach, expect, test } from 'vitest';
import { cleanUp, eventually, routeOf, slotOf, startApp, startTestEdge, type TestApp } from '../testing/harness.ts';
import { ask, startLoad } from '../testing/http.ts';

afterEach(cleanUp);

// https://github.com/coollabsio/coolify/issues/8627
test('10 switches under load, each old release stopped when it has drained, lose no request', async () => {
  const { admin, port } = await startTestEdge();
  let live: TestApp = await startApp('rel_0');
  await admin.putRoute(routeOf(0, [slotOf('blue', 100, live)]));
  const loads = [startLoad(port, 8, true), startLoad(port, 4, false), startLoad(port, 2, true, '/slow?ms=80')];
  for (let version = 1; version <= 10; version++) {
    const [from, to] = version % 2 ? (['blue', 'green'] as const) : (['green', 'blue'] as const);
    const next = await startApp(`rel_${version}`);
    await admin.putRoute(routeOf(version * 2, [slotOf(from, 0, live), slotOf(to, 100, next)]));
    expect((await ask(port)).headers['x-kova-release']).toBe(`rel_${version}`);
    const drained = await admin.awaitDrained(`shop/production/${from}`, 5_000);
    expect(drained).toEqual({ drained: true, inFlight: 0 });
    await live.kill('SIGTERM');
    live = next;
  }
  for (const load of loads) {
    const { sent, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect(sent).toBeGreaterThan(20);
  }
});

test('kill -9 of one of two instances under load: no GET fails', async () => {
  const { admin, port } = await startTestEdge();
  const [first, second] = await Promise.all([startApp('rel_1'), startApp('rel_1')]);
  await admin.putRoute(routeOf(1, [slotOf('blue', 100, first, second)]));
  const loads = [startLoad(port, 8, true), startLoad(port, 4, false)];
  const slow = Array.from({ length: 10 }, () => ask(port, '/slow?ms=150'));
  await ask(port, '/slow?ms=50');
  await first.kill('SIGKILL');
  for (const { status } of await Promise.all(slow)) expect(status).toBe(200);
  await eventually(async () => (await admin.counters('shop/production'))[0]?.unhealthyInstances).toEqual([
    `blue-${first.pid}`,
  ]);
  for (const load of loads) expect((await load.stop()).failures).toEqual([]);
});

test('a route that names a stopped instance is retried on the route put meanwhile', async () => {
  const { admin, port } = await startTestEdge();
  const [gone, next] = await Promise.all([startApp('rel_1'), startApp('rel_2')]);
  await gone.kill('SIGKILL');
  await admin.putRoute(routeOf(1, [slotOf('blue', 100, gone)]));
  const answer = ask(port, '/echo', { method: 'POST', body: 'kept' });
  await admin.putRoute(routeOf(2, [slotOf('green', 100, next)]));
  const { status, body } = await answer;
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ bytes: 4 });
});
