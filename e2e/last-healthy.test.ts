import { join } from 'node:path';
import { EdgeAdmin } from '@kova/edge/admin-client';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
  await kova.shipped({ text: 'first' });
});
afterAll(() => kova.close());

const users = () => new Load(kova.control.edge, 'production.shop.localhost');
const production = (text: string) => `{ production: { instances: 2, stability: '60s', ${text} } }`;

/** The live instances by pid; the last healthy set is never scaled to nothing, not even for a moment. */
async function livePids(): Promise<(number | null)[]> {
  const { live, instances } = await kova.environment();
  return instances.filter(({ release }) => release === live!.release).map(({ pid }) => pid);
}

/** A drain gives up after half a minute; what wanted to stop the slot then does, if nothing keeps it. */
const drainMs = 32_000;

const startSlowly = 'await new Promise((r) => setTimeout(r, 60_000));';
const slowApp = `health: { path: '/health', deadline: '50s' },`;

// https://github.com/argoproj/argo-rollouts/issues/1292 https://github.com/fluxcd/flagger/issues/1898
test.each([
  ['starting', { atStart: startSlowly, app: slowApp }, 'cancelled'],
  ['shifting', { environments: production(`strategy: canary({ steps: [20], every: '60s' })`) }, 'rolled-back'],
  ['stabilizing', { environments: production('') }, 'rolled-back'],
] as const)('an abort while %s leaves the live instances as they were', async (phase, version, end) => {
  const before = await livePids();
  const load = users();
  await kova.ship({ text: `aborted while ${phase}`, ...version });
  const { inFlight } = await kova.until(
    () => kova.environment(),
    ({ inFlight: open }) => open?.phase === phase && (phase === 'starting' || open.trafficAt !== null),
  );
  await kova.act('abort', { by: 'ada' });
  expect((await kova.ended(inFlight!.id)).phase).toBe(end);
  const seen = await load.stop();
  expect(seen.dropped).toEqual([]);
  expect(seen.errors).toBe(0);
  expect(await livePids()).toEqual(before);
});

test('a second abort while it goes back changes nothing', async () => {
  const before = await livePids();
  const load = users();
  await kova.ship({ text: 'aborted twice', environments: production('') });
  const { inFlight } = await kova.until(
    () => kova.environment(),
    ({ inFlight: open }) => open?.phase === 'stabilizing',
  );
  await Promise.all(['ada', 'bob', 'cy'].map((by) => kova.act('abort', { by }).catch(() => undefined)));
  expect((await kova.ended(inFlight!.id)).phase).toBe('rolled-back');
  expect((await load.stop()).dropped).toEqual([]);
  expect(await livePids()).toEqual(before);
});

test('a rollback to a standby that is about to be stopped gets it, and nothing stops it any more', async () => {
  const target = (await kova.get()).release;
  const slow = request(`${kova.control.edge}/slow?ms=16000`, { headers: { host: 'production.shop.localhost' } });
  const stream = await request(`${kova.control.edge}/events`, { headers: { host: 'production.shop.localhost' } });
  const replaced = `{ production: { instances: 2, stability: '500ms', standby: '500ms' } }`;
  expect((await kova.shipped({ text: 'short standby', environments: replaced })).state).toBe('done');
  // The end of the stream tells that the standby is being drained; the slow request keeps it from its end.
  await stream.body.dump({ limit: 1 << 20 });
  const drainEnds = performance.now() + drainMs;
  const load = users();
  const ended = await kova.ended(await kova.act('rollback', { to: target }));
  expect(ended).toMatchObject({ phase: 'live', health: 'healthy', release: target });
  expect((await slow).statusCode).toBe(200);
  await kova.until(
    async () => performance.now(),
    (now) => now > drainEnds,
  );
  const seen = await load.stop();
  expect(seen.dropped).toEqual([]);
  expect((await kova.get()).release).toBe(target);
  expect((await kova.environment()).instances.filter(({ release }) => release === target)).toHaveLength(2);
});

test('in mid-canary the live release dies for good: the canary takes over, as there is no way back', async () => {
  const gone = join(kova.home, 'gone');
  const dies = `import { existsSync } from 'node:fs'; if (existsSync('${gone}')) process.exit(1);`;
  const before = (await kova.shipped({ text: 'will be gone', atStart: dies })).release!;
  const bad = await kova.ship({
    text: 'survivor',
    environments: production(`strategy: canary({ steps: [20], every: '60s' })`),
  });
  const { inFlight } = await kova.until(
    () => kova.environment(),
    ({ weights }) => weights.blue > 0 && weights.green > 0,
  );
  kova.write('gone');
  await kova.killInstances(before);
  await kova.until(
    () => kova.environment(),
    ({ instances }) => instances.some(({ state }) => state === 'crash-looped'),
  );
  await kova.act('abort', { by: 'ada' });
  expect(await kova.ended(inFlight!.id)).toMatchObject({
    phase: 'live',
    health: 'degraded',
    reason: expect.stringContaining('traffic stays: the earlier release cannot serve'),
  });
  const { weights } = await kova.environment();
  expect(Math.max(weights.blue, weights.green)).toBe(100);
  const load = users();
  await kova.until(
    async () => load.seen.requests,
    (requests) => requests > 100,
  );
  const seen = await load.stop();
  expect(seen.dropped).toEqual([]);
  expect([...seen.releases.keys()]).toEqual([`rel_${bad.commit.slice(0, 10)}`]);
  expect(kova.cli('status')).toMatch(/^warning: production: degraded: aborted by ada; traffic stays/m);
});

test('an edge whose route is ahead of the store, as after a restore, is put right', async () => {
  const admin = new EdgeAdmin(join(kova.home, 'edge/control.sock'));
  const [route] = await admin.routes();
  const { release } = await kova.get();
  await admin.putRoute({ ...route!, slots: [], version: route!.version + 1000 });
  await kova.until(
    () => kova.get(),
    (answer) => answer.release === release,
  );
});
