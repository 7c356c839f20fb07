import type { ShipView } from '@kova/control/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
});
afterAll(() => kova.close());

const users = () => new Load(kova.control.edge, 'production.shop.localhost');

test('a commit becomes live, and the edge answers with that release', async () => {
  const ship = await kova.shipped({ text: 'one' });
  expect(ship.error).toBeNull();
  const answer = await kova.get();
  expect(answer.release).toBe(ship.release);
  expect(JSON.parse(answer.body)).toMatchObject({ text: 'one', release: ship.release });
});

// https://github.com/coollabsio/coolify/issues/8627
test('deploys under load drop nothing', async () => {
  const load = users();
  const releases: Array<string | null> = [];
  for (const text of ['two', 'three', 'four']) releases.push((await kova.shipped({ text })).release);
  const seen = await load.stop();
  expect(seen.dropped).toEqual([]);
  expect(seen.errors).toBe(0);
  for (const release of releases) expect(seen.releases.has(release!)).toBe(true);
});

test('a release that fails users while its health check is well is rolled back by itself', async () => {
  const good = (await kova.environment()).live!;
  const load = users();
  const ship = await kova.shipped({
    text: 'bad',
    failing: 0.14,
    environments: `{ production: { stability: '60s', instances: 2 } }`,
  });
  const seen = await load.stop();
  expect(ship.state).toBe('failed');
  const [deployment] = ship.deployments;
  expect(deployment).toMatchObject({ phase: 'rolled-back', health: 'failed' });
  expect(deployment!.reason).toMatch(/^rolled back: 5xx 1\d(\.\d)? % > 1 % for 10 s on (blue|green) \(rel_/);
  expect(seen.dropped).toEqual([]);
  expect((await kova.get()).release).toBe(good.release);
  expect((await kova.environment()).live!.release).toBe(good.release);
});

// https://github.com/argoproj/argo-cd/issues/5351
test('the commit rolled back is held, and --force is the way past', async () => {
  const { held } = await kova.environment();
  expect(held).toHaveLength(1);
  const bad = `rel_${held[0]!.commit.slice(0, 10)}`;
  await expect(kova.act('deployments', { release: bad })).rejects.toMatchObject({ code: 'COMMIT_HELD' });
});

// https://github.com/argoproj/argo-rollouts/issues/1774
test('fix-forward works right after', async () => {
  const ship = await kova.shipped({ text: 'fixed' });
  expect(ship.state).toBe('done');
  expect((await kova.get()).release).toBe(ship.release);
});

// https://github.com/basecamp/kamal/pull/1677
test('a rollback needs no argument and goes to the newest healthy release', async () => {
  const before = (await kova.environment()).live!;
  const load = users();
  const ended = await kova.ended(await kova.act('rollback'));
  const seen = await load.stop();
  expect(ended.phase).toBe('live');
  expect(seen.dropped).toEqual([]);
  expect((await kova.get()).release).toBe(ended.release);
  expect(ended.release).not.toBe(before.release);
  expect(await kova.ended(before.id)).toMatchObject({ phase: 'rolled-back', health: 'failed' });
});

test('a release that never listens fails before any user is on it, and says on what it waited', async () => {
  const before = (await kova.get()).release;
  const ship = await kova.shipped({ text: 'mute', neverListens: true });
  expect(ship.deployments[0]).toMatchObject({ phase: 'failed', trafficAt: null });
  expect(ship.deployments[0]!.reason).toContain('listen');
  expect((await kova.get()).release).toBe(before);
});

test('a release that exits at once fails with its last words', async () => {
  const ship = await kova.shipped({ text: 'dead', atStart: 'console.error("no such table: carts"); process.exit(3);' });
  expect(ship.deployments[0]!.phase).toBe('failed');
  expect(ship.deployments[0]!.reason).toContain('no such table: carts');
});

test('a build that fails changes nothing that is live', async () => {
  const before = (await kova.get()).release;
  const ship = await kova.shipped({ text: 'broken', app: `build: 'node nothing.mjs',` });
  expect(ship).toMatchObject({ state: 'failed', error: { code: 'BUILD_FAILED' }, deployments: [] });
  expect((await kova.get()).release).toBe(before);
});

test('an approval is waited for, and given by a person', async () => {
  const { ship } = await kova.ship({
    text: 'asked',
    environments: `{ production: { approvals: 1, stability: '1s', instances: 2 } }`,
  });
  const waiting = await kova.until(
    () => kova.environment(),
    ({ inFlight }) => inFlight?.phase === 'awaiting-approval',
  );
  expect(waiting.inFlight!.trafficAt).toBeNull();
  await kova.act('approve', { by: 'ada' });
  const ended = await kova.ended(waiting.inFlight!.id);
  expect(ended.phase).toBe('live');
  expect(ended.id).toContain('dep_');
  expect(ship).toContain('ship_');
});

// https://github.com/Dokploy/dokploy/issues/4461
test('abort ends a deployment whose step is at work', async () => {
  await kova.ship({
    text: 'slow start',
    atStart: 'await new Promise((r) => setTimeout(r, 60_000));',
    app: `health: { path: '/health', deadline: '50s' },`,
  });
  const starting = await kova.until(
    () => kova.environment(),
    ({ inFlight }) => inFlight?.phase === 'starting',
  );
  await kova.act('abort', { by: 'ada' });
  expect(await kova.ended(starting.inFlight!.id)).toMatchObject({ phase: 'cancelled', reason: 'aborted by ada' });
});

test('an approval given at once does not cut the window short, and environments come in their order', async () => {
  const environments = `{ 'pre-production': { stability: '1s' }, dev: { stability: '1s' }, production: { approvals: 1, stability: '4s', instances: 2 } }`;
  const { ship } = await kova.ship({ text: 'in order', environments });
  const waiting = await kova.until(
    () => kova.environment(),
    ({ inFlight }) => inFlight?.phase === 'awaiting-approval',
  );
  await Promise.all(['ada', 'bob', 'cy'].map((by) => kova.act('approve', { by }).catch(() => undefined)));
  const ended = await kova.ended(waiting.inFlight!.id);
  expect(Date.parse(ended.liveAt!) - Date.parse(ended.trafficAt!)).toBeGreaterThanOrEqual(4000);
  const { deployments } = await kova.call<ShipView>('GET', `/v1/ships/${ship}`);
  expect(deployments.map(({ environment }) => environment)).toEqual(['pre-production', 'dev', 'production']);
});

test('the first release that has assets keeps them from the moment that users are on it', async () => {
  await kova.ship({
    text: 'with assets',
    app: "assets: { prefix: '/static/', dir: 'assets' },",
    files: { 'assets/said.txt': 'kept' },
    environments: `{ production: { stability: '60s' } }`,
  });
  await kova.until(
    () => kova.environment(),
    ({ inFlight }) => inFlight?.phase === 'stabilizing',
  );
  await kova.until(
    () => kova.get('/static/said.txt'),
    ({ body }) => body === 'kept',
    5000,
  );
  await kova.ended(await kova.act('abort'));
});
