import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanUp, routeOf, slotOf, startApp, startTestEdge, type TestApp, type TestEdge } from '../testing/harness.ts';
import { ask } from '../testing/http.ts';

let edge: TestEdge;
let blue: TestApp;
let green: TestApp;
let version = 0;

beforeAll(async () => {
  [edge, blue, green] = await Promise.all([startTestEdge(), startApp('rel_blue'), startApp('rel_green')]);
});
afterAll(cleanUp);

test('5 % is every twentieth newcomer', async () => {
  await edge.admin.putRoute(routeOf(++version, [slotOf('blue', 95, blue), slotOf('green', 5, green)]));
  const releases: unknown[] = [];
  for (let count = 0; count < 200; count++) releases.push((await ask(edge.port)).headers['x-kova-release']);
  const visits = releases.flatMap((release, index) => (release === 'rel_green' ? [index] : []));
  expect(visits).toHaveLength(10);
  expect(visits.slice(1).map((visit, index) => visit - (visits[index] as number))).toEqual(Array(9).fill(20));
});

test('a visitor stays on the slot that answered first, until it takes no traffic', async () => {
  const split = [slotOf('blue', 50, blue), slotOf('green', 50, green)];
  await edge.admin.putRoute(routeOf(++version, split, { sticky: true }));
  for (let visitor = 0; visitor < 4; visitor++) {
    const first = await ask(edge.port);
    const [setCookie] = first.headers['set-cookie'] ?? [];
    expect(setCookie).toMatch(/^kova_slot=[0-9a-f]{20}; Path=\/; HttpOnly; SameSite=Lax$/);
    const cookie = `theme=dark; ${setCookie?.split(';')[0]}; a=b`;
    for (let count = 0; count < 5; count++) {
      const again = await ask(edge.port, '/', { headers: { cookie } });
      expect(again.headers['x-kova-release']).toBe(first.headers['x-kova-release']);
      expect(again.headers['set-cookie']).toBeUndefined();
    }
    if (first.headers['x-kova-release'] !== 'rel_blue') continue;
    await edge.admin.putRoute(
      routeOf(++version, [slotOf('blue', 0, blue), slotOf('green', 100, green)], { sticky: true }),
    );
    const moved = await ask(edge.port, '/', { headers: { cookie } });
    expect(moved.headers).toMatchObject({ 'x-kova-release': 'rel_green' });
    expect(moved.headers['set-cookie']).toBeUndefined();
    await edge.admin.putRoute(routeOf(++version, split, { sticky: true }));
  }
});

test('the idle slot opens to its token alone, and its requests count for nobody', async () => {
  const idleTokenHash = createHash('sha256').update('open sesame').digest('hex');
  const slots = [slotOf('blue', 100, blue), slotOf('green', 0, green)];
  await edge.admin.putRoute(routeOf(++version, slots, { idleTokenHash }));
  const before = await edge.admin.counters('shop/production');
  const open = { 'x-kova-slot': 'green', 'x-kova-token': 'open sesame' };
  const reached = await ask(edge.port, '/echo', { headers: open });
  expect(reached.headers['x-kova-release']).toBe('rel_green');
  const seen = JSON.parse(reached.body).headers;
  expect(seen).not.toHaveProperty('x-kova-token');
  expect(seen).not.toHaveProperty('x-kova-slot');
  const byId = { ...open, 'x-kova-slot': 'shop/production/green' };
  expect((await ask(edge.port, '/', { headers: byId })).headers['x-kova-release']).toBe('rel_green');
  expect((await ask(edge.port, '/', { headers: { ...open, 'x-kova-token': 'open sesam' } })).status).toBe(403);
  expect((await ask(edge.port, '/', { headers: { 'x-kova-slot': 'green' } })).status).toBe(403);
  expect((await ask(edge.port, '/', { headers: { ...open, 'x-kova-slot': 'red' } })).status).toBe(404);
  expect(await edge.admin.counters('shop/production')).toEqual(before);
});
