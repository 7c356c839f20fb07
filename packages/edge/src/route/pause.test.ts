import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  cleanUp,
  routeId,
  routeOf,
  slotOf,
  startApp,
  startTestEdge,
  type TestApp,
  type TestEdge,
} from '../testing/harness.ts';
import { ask } from '../testing/http.ts';

let edge: TestEdge;
let app: TestApp;

beforeEach(async () => {
  [edge, app] = await Promise.all([startTestEdge(), startApp('rel_1')]);
  await edge.admin.putRoute(routeOf(1, [slotOf('blue', 100, app)]));
});
afterEach(cleanUp);

test('a pause holds requests, and they go on by the route that is in force when it ends', async () => {
  const next = await startApp('rel_2');
  await edge.admin.pause(routeId, 20_000);
  let answered = 0;
  const held = Array.from({ length: 20 }, () => ask(edge.port).finally(() => answered++));
  await edge.admin.putRoute(routeOf(2, [slotOf('blue', 0, app), slotOf('green', 100, next)]));
  expect(await edge.admin.awaitDrained('shop/production/blue', 1_000)).toMatchObject({ drained: true });
  expect((await edge.admin.status()).routes).toEqual([{ id: routeId, version: 2, paused: true }]);
  expect(answered).toBe(0);
  await edge.admin.resume(routeId);
  for (const { status, headers } of await Promise.all(held)) {
    expect([status, headers['x-kova-release']]).toEqual([200, 'rel_2']);
  }
});

test('a pause ends by itself: who waited gets 503, who comes later is served', async () => {
  await edge.admin.pause(routeId, 1_500);
  const { status, headers } = await ask(edge.port);
  expect([status, headers['retry-after']]).toEqual([503, '5']);
  expect((await ask(edge.port)).status).toBe(200);
});
