import type { SecretView, ShipView } from '@kova/control/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inStore } from './testing/books.ts';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
});
afterAll(() => kova.close());

const [first, second] = ['sentinel-first-4711', 'sentinel-second-0815'];
const environments = `{ production: { instances: 2, stability: '1s', secrets: { API_KEY: 'PRODUCTION_KEY' } } }`;
const asks = (text: string) => ({ text, environments, atStart: "console.log('key', process.env.API_KEY);" });
const set = (value: string) => kova.call('POST', '/v1/projects/shop/secrets', { name: 'PRODUCTION_KEY', value });
const seenByApp = async () => JSON.parse((await kova.get('/env')).body).env.API_KEY as string;
/** Whatever waits for the watch that looks for drift. */
const driftOf = (wanted: (drift: string[]) => boolean) =>
  kova.until(
    async () => (await kova.environment()).drift.filter(({ mendedAt }) => !mendedAt).map(({ found }) => found),
    wanted,
    90_000,
  );

test('a ship whose environment lacks a secret is refused before anything is proved, with the command that sets it', async () => {
  const { state, error, deployments } = await kova.shipped(asks('lacks'));
  expect([state, deployments]).toEqual(['failed', []]);
  expect(error?.message).toContain('production needs the secret PRODUCTION_KEY');
  expect(error?.next).toContain('kova secrets set PRODUCTION_KEY --project shop');
});

test('instances find it under their own name for it; it is in no log, and the release does not record it', async () => {
  await set(first);
  expect((await kova.shipped(asks('has'))).error).toBeNull();
  expect(await seenByApp()).toBe(first);
  const logs = kova.cli('logs', 'production');
  expect(logs).toContain('key [secret]');
  expect(logs).not.toContain(first);
  const [row] = await inStore(kova.home, 'select json_agg(releases)::text as all from releases');
  expect(String(row?.all)).not.toContain(first);
  const [secret] = await kova.call<SecretView[]>('GET', '/v1/projects/shop/secrets');
  expect(secret).toMatchObject({ name: 'PRODUCTION_KEY', environments: ['production'], jobs: [] });
});

test('a value that changes is told as drift, and `kova apply` brings it to users without a request dropped', async () => {
  await set(second);
  expect(await driftOf((drift) => drift.length > 0)).toEqual([expect.stringContaining('env.API_KEY')]);
  const load = new Load(kova.control.edge, 'production.shop.localhost');
  kova.command('apply', '--dir', kova.repository, '--yes');
  expect(await seenByApp()).toBe(second);
  const { dropped, errors } = await load.stop();
  expect([dropped, errors]).toEqual([[], 0]);
  expect(await driftOf((drift) => drift.length === 0)).toEqual([]);
});

test('a rollback to the standby is a swap: it runs with what it was started with', async () => {
  const shipped: ShipView = await kova.shipped(asks('next'));
  expect(shipped.error).toBeNull();
  await set(first);
  const before = new Set((await kova.environment()).instances.map(({ pid }) => pid));
  expect((await kova.ended(await kova.act('rollback'))).phase).toBe('live');
  expect(await seenByApp()).toBe(second);
  expect((await kova.environment()).instances.every(({ pid }) => before.has(pid))).toBe(true);
  await set(second);
});

test('one that was removed stops nothing that runs, and refuses the next deployment before anything is touched', async () => {
  const { live, instances } = await kova.environment();
  await kova.call('DELETE', '/v1/projects/shop/secrets/PRODUCTION_KEY');
  const { phase, reason } = await kova.ended(await kova.act('deployments', { release: live?.release, force: true }));
  expect(phase).toBe('failed');
  expect(reason).toContain('production needs the secret PRODUCTION_KEY');
  const after = await kova.environment();
  expect(after.live?.release).toBe(live?.release);
  expect(after.instances.map(({ pid }) => pid)).toEqual(instances.map(({ pid }) => pid));
  expect(await seenByApp()).toBe(second);
});
