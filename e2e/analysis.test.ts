import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EdgeAdmin } from '@kova/edge/admin-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refuseUpdates, takeUpdates } from './testing/books.ts';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
  await kova.shipped({ text: 'first' });
});
afterAll(() => kova.close());

const users = () => new Load(kova.control.edge, 'production.shop.localhost');
const production = (text: string) => `{ production: { instances: 2, stability: '2s', ${text} } }`;

// https://github.com/coollabsio/coolify/issues/7559
test.each([
  ['the phase', 'deployments', "new.phase = 'live'"],
  ['what is live', 'environments', 'new.live_deployment is distinct from old.live_deployment'],
  ['the standby', 'slots', 'new.standby_until is not null'],
])('a healthy release keeps its users while %s cannot be recorded, and is live when it can', async (_, table, when) => {
  await refuseUpdates(kova.home, table, when);
  const load = users();
  const { ship, commit } = await kova.ship({ text: `booked in ${table}` });
  const release = `rel_${commit.slice(0, 10)}`;
  const { inFlight } = await kova.until(
    () => kova.environment(),
    ({ inFlight: open }) => open?.reason.includes('a fault in the books') === true,
  );
  expect(inFlight).toMatchObject({ phase: 'stabilizing', release, health: null });
  expect((await kova.get()).release).toBe(release);
  await takeUpdates(kova.home);
  expect(await kova.ended(inFlight!.id)).toMatchObject({ phase: 'live', health: 'healthy', release });
  const seen = await load.stop();
  expect(seen.dropped).toEqual([]);
  expect((await kova.get()).release).toBe(release);
  expect((await kova.environment()).live!.release).toBe(release);
  expect(ship).toContain('ship_');
});

test('when it can never be recorded the release keeps its users, until a person ends it', async () => {
  const before = (await kova.get()).release;
  await refuseUpdates(kova.home, 'deployments', "new.phase = 'live'");
  const { commit } = await kova.ship({ text: 'never booked' });
  const { inFlight } = await kova.until(
    () => kova.environment(),
    ({ inFlight: open }) => open?.reason.includes('a fault in the books') === true,
  );
  expect((await kova.get()).release).toBe(`rel_${commit.slice(0, 10)}`);
  await kova.act('abort', { by: 'ada' });
  expect(await kova.ended(inFlight!.id)).toMatchObject({ phase: 'rolled-back' });
  expect((await kova.get()).release).toBe(before);
  await takeUpdates(kova.home);
});

// https://github.com/Dokploy/dokploy/issues/5496
test('while the edge serves another release nothing is live, and an edge that was set back is put right', async () => {
  const admin = new EdgeAdmin(join(kova.home, 'edge/control.sock'));
  const before = (await kova.get()).release;
  const old = (await admin.routes())[0]!;
  await kova.ship({ text: 'unseen', environments: production(`stability: '4s'`) });
  const { inFlight } = await kova.until(
    () => kova.environment(),
    ({ inFlight: open }) => open?.phase === 'stabilizing',
  );
  const now = (await admin.routes())[0]!;
  const slots = now.slots.map((slot) => ({ ...slot, weight: slot.release === before ? 100 : 0 }));
  // A number that nothing can be higher than: the edge is stuck on the other release.
  const stuck = { ...old, slots, version: 2_147_483_647 };
  await admin.putRoute(stuck);
  expect((await kova.get()).release).toBe(before);
  const reverting = await kova.until(
    () => kova.environment(),
    ({ inFlight: open }) => open?.phase === 'reverting',
  );
  expect(reverting.live!.release).toBe(before);
  expect(reverting.inFlight!.health).toBeNull();
  kova.killEdge({ forgetful: true });
  kova.killControl();
  await kova.up();
  expect(await kova.ended(inFlight!.id)).toMatchObject({
    phase: 'rolled-back',
    liveAt: null,
    reason: expect.stringContaining(`the edge serves ${before} instead of ${inFlight!.release}`),
  });
  expect((await kova.get()).release).toBe(before);
  await admin.putRoute({ ...(await admin.routes())[0]!, slots: [], version: 100_000 });
  await kova.until(
    () => kova.get(),
    ({ release }) => release === before,
  );
});

// https://github.com/Dokploy/dokploy/pull/4357
test('an app that exits within the window is rolled back', async () => {
  const before = (await kova.get()).release;
  const load = users();
  const ship = await kova.shipped({
    text: 'exits at 5 s',
    atStart: 'setTimeout(() => process.exit(7), 5000);',
    environments: production(`stability: '60s'`),
  });
  const seen = await load.stop();
  expect(ship.deployments[0]).toMatchObject({ phase: 'rolled-back', health: 'failed' });
  expect(ship.deployments[0]!.reason).toMatch(/^rolled back: \d instances? ended unasked, more than 0 allowed on /);
  expect(seen.dropped.length / seen.requests).toBeLessThan(0.01);
  expect((await kova.get()).release).toBe(before);
});

test('one that exits after the window is started again, and status and log say so until it is replaced', async () => {
  const dies = 'process.on("SIGUSR2", () => { console.error("out of handles"); process.exit(7); });';
  const ship = await kova.shipped({ text: 'exits when it is told to', atStart: dies });
  expect(ship.deployments[0]).toMatchObject({ phase: 'live', health: 'healthy' });
  const live = ({ instances }: Awaited<ReturnType<TestKova['environment']>>) =>
    instances.filter(({ release }) => release === ship.release);
  for (const { pid } of live(await kova.environment())) process.kill(pid!, 'SIGUSR2');
  const ill = await kova.until(
    () => kova.environment(),
    (environment) => live(environment).some(({ reason }) => reason.includes('next start')),
  );
  const [first] = live(ill).filter(({ reason }) => reason.includes('next start'));
  expect(first!.reason).toMatch(
    /^exited with 7 after \d+(\.\d)? s; next start in 250 ms; its last lines:\n {2}out of handles/,
  );
  await kova.until(
    () => kova.environment(),
    (environment) => live(environment).every(({ state, restarts }) => state === 'ready' && restarts === 1),
  );
  const status = kova.cli('status');
  expect(status).toMatch(
    new RegExp(`^warning: ${first!.id}: ready \\(ended unasked 1 time\\): ready: .* before, it exited with 7`, 'm'),
  );
  const log = readFileSync(join(kova.home, 'logs/control.log'), 'utf8');
  expect(log).toContain(`instance ${first!.id} of ${ship.release} is backing-off: exited with 7`);
  const fix = await kova.shipped({ text: 'mended', environments: production(`standby: '1s'`) });
  expect(fix.state).toBe('done');
  await kova.until(
    async () => kova.cli('status'),
    (text) => !text.includes('warning'),
  );
});

test('one that keeps exiting is a crash loop, with its last words in status and log', async () => {
  const broken = join(kova.home, 'broken');
  const atStart = `import { existsSync } from 'node:fs';
    if (existsSync('${broken}')) { console.error('the quota is used up'); process.exit(9); }`;
  const ship = await kova.shipped({ text: 'breaks later', atStart });
  expect(ship.state).toBe('done');
  kova.write('broken');
  await kova.killInstances(ship.release!);
  await kova.until(
    () => kova.environment(),
    ({ instances }) => instances.some(({ state }) => state === 'crash-looped'),
  );
  const status = kova.cli('status');
  expect(status).toMatch(
    /^warning: shop\/production\/\w+\/\d: crash-looped \(ended unasked \d times\): it ended 5 times/m,
  );
  expect(status).toContain('the quota is used up');
  expect(readFileSync(join(kova.home, 'logs/control.log'), 'utf8')).toMatch(/is crash-looped: it ended 5 times within/);
});
