import { afterAll, beforeAll, expect, test } from 'vitest';
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
import { ask } from '../testing/http.ts';

let edge: TestEdge;
let live: TestApp;
let idle: TestApp;

beforeAll(async () => {
  [edge, live, idle] = await Promise.all([startTestEdge(), startApp('rel_live'), startApp('rel_idle')]);
});
afterAll(cleanUp);

const green = { routeId, slotId: 'shop/production/green', release: 'rel_idle' };
const portOf = ({ address }: { address: string }) => Number(address.split(':')[1]);

test('a door leads to its slot, whatever users get, and closes with whoever opened it', async () => {
  const { admin } = edge;
  // The first release of a route: nobody is let in, but whoever checks it is.
  await admin.putRoute(routeOf(1, [slotOf('green', 0, idle)]));
  expect((await ask(edge.port)).status).toBe(503);
  const door = await admin.openDoor(green);
  const asked = await ask(portOf(door));
  expect([asked.status, asked.headers['x-kova-release']]).toEqual([200, 'rel_idle']);
  await admin.putRoute(routeOf(2, [slotOf('blue', 100, live), slotOf('green', 0, idle)]));
  expect((await ask(portOf(door))).headers['x-kova-release']).toBe('rel_idle');
  expect((await ask(edge.port)).headers['x-kova-release']).toBe('rel_live');
  const counted = (await admin.counters(routeId)).map(({ slot, requests }) => [slot, requests]);
  expect(counted).toEqual([
    ['shop/production/blue', 1],
    ['shop/production/green', 0],
  ]);
  door.close();
  await eventually(() =>
    ask(portOf(door)).then(
      () => 'open',
      () => 'closed',
    ),
  ).toBe('closed');
});

test('a door never leads to another release', async () => {
  const door = await edge.admin.openDoor(green);
  await edge.admin.putRoute(routeOf(3, [slotOf('green', 100, live)]));
  expect((await ask(portOf(door))).status).toBe(503);
  door.close();
});

test('a door that is malformed is refused', async () => {
  await expect(edge.admin.openDoor({ ...green, release: '' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});
