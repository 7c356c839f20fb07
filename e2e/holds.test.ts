import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';

let kova: TestKova;
let good: string;
let other: string;
beforeAll(async () => {
  kova = await TestKova.start();
  good = (await kova.shipped({ text: 'good' })).release!;
  other = (await kova.shipped({ text: 'unloved' })).release!;
  expect((await kova.ended(await kova.act('rollback', { by: 'ada' }))).release).toBe(good);
});
afterAll(() => kova.close());

// https://github.com/argoproj/argo-cd/issues/5351
test('what was rolled back by hand is held: nothing deploys it again by itself', async () => {
  const { held, live } = await kova.environment();
  expect(live!.release).toBe(good);
  expect(held).toEqual([{ commit: expect.stringContaining(other.slice(4)), reason: `rolled back to ${good} by ada` }]);
  const again = await kova.call<{ ship: string }>('POST', '/v1/projects/shop/ships', { commit: held[0]!.commit });
  const ship = await kova.until(
    () => kova.call<{ state: string; error: { code: string } | null }>('GET', `/v1/ships/${again.ship}`),
    ({ state }) => state === 'failed',
  );
  expect(ship.error!.code).toBe('COMMIT_HELD');
  expect((await kova.get()).release).toBe(good);
});

test('a person lifts the hold, and who and why is kept with the deployment that was rolled back', async () => {
  const { held } = await kova.environment();
  const said = kova.cli('release', 'unhold', other, '--why', 'the shop was not to blame');
  expect(said).toBe(`Commit ${held[0]!.commit.slice(0, 10)} is held no more in production.\n`);
  expect((await kova.environment()).held).toEqual([]);
  expect(await kova.story(other)).toContainEqual(
    expect.stringMatching(/^held no more: the shop was not to blame \(\w+\)$/),
  );
  expect((await kova.ended(await kova.act('deployments', { release: other }))).phase).toBe('live');
  expect((await kova.get()).release).toBe(other);
});

test('what is not held cannot be lifted', async () => {
  await expect(kova.act('unhold', { what: good, why: '' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: `${good} is not held in production`,
  });
});

test('a forced deployment that holds its window lifts the hold; one that does not keeps it', async () => {
  await kova.ended(await kova.act('rollback'));
  expect((await kova.environment()).held).toHaveLength(1);
  const forced = await kova.act('deployments', { release: other, force: true });
  await kova.until(
    () => kova.environment(),
    ({ inFlight }) => inFlight?.phase === 'stabilizing',
  );
  await kova.act('abort');
  expect((await kova.ended(forced)).phase).toBe('rolled-back');
  expect((await kova.environment()).held).toHaveLength(1);
  expect((await kova.ended(await kova.act('deployments', { release: other, force: true }))).phase).toBe('live');
  expect((await kova.environment()).held).toEqual([]);
  expect(await kova.story(other)).toContainEqual(expect.stringMatching(/is held no more: it held its window$/));
});
