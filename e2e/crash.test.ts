import { isGone } from '@kova/control/testing/is-gone';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
  await kova.shipped({ text: 'base' });
});
afterAll(() => kova.close());

// After a step's deed and before its checkpoint, the step is done again; before it, the deployment is taken up there.
const points = [
  ...['begin', 'prepare', 'migrate', 'start', 'verify', 'shift.100', 'shift.done', 'settle'].map(
    (step) => `${step}:after`,
  ),
  'begin:before',
  'shift.100:before',
];

// https://github.com/Dokploy/dokploy/issues/2670
test.each(points)('kill -9 of the control plane at %s: nothing is dropped, the deployment goes on', async (point) => {
  kova.killControl();
  await kova.up({ KOVA_CRASH_AT: point });
  const crashed = kova.control.pid;
  const load = new Load(kova.control.edge, 'production.shop.localhost');
  const { ship } = await kova.ship({ text: point });
  await kova.until(
    async () => isGone(crashed),
    (gone) => gone,
  );
  await kova.up();
  const { release } = await kova.until(
    () => kova.call<{ state: string; release: string }>('GET', `/v1/ships/${ship}`),
    ({ state }) => state === 'done',
  );
  const seen = await load.stop();
  expect(seen.dropped).toEqual([]);
  expect(seen.errors).toBe(0);
  expect((await kova.get()).release).toBe(release);
  expect((await kova.environment()).live!.release).toBe(release);
});

test('kill -9 in the middle of an automatic rollback: users are back on the good release', async () => {
  const good = (await kova.get()).release;
  for (const point of ['revert.decide:after', 'revert.swap:before', 'revert.swap:after', 'revert.hold:after']) {
    kova.killControl();
    await kova.up({ KOVA_CRASH_AT: point });
    const crashed = kova.control.pid;
    const load = new Load(kova.control.edge, 'production.shop.localhost');
    const bad = {
      text: `bad at ${point}`,
      failing: 0.6,
      environments: `{ production: { stability: '60s', instances: 2 } }`,
    };
    const { ship } = await kova.ship(bad);
    await kova.until(
      async () => isGone(crashed),
      (gone) => gone,
    );
    await kova.up();
    await kova.until(
      () => kova.call<{ state: string }>('GET', `/v1/ships/${ship}`),
      ({ state }) => state === 'failed',
    );
    expect((await load.stop()).dropped).toEqual([]);
    expect((await kova.get()).release).toBe(good);
  }
}, 180_000);
