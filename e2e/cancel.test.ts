import { readdirSync, readFileSync } from 'node:fs';
import { isGone } from '@kova/control/testing/is-gone';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';
import { TestStore } from './testing/store.ts';

let kova: TestKova;
let base: string;
beforeAll(async () => {
  kova = await TestKova.start();
  base = (await kova.shipped({ text: 'base' })).release!;
});
afterAll(() => kova.close());

/** Seconds that no other process of this machine sleeps. */
const seconds = 2_000_000 + process.pid;
/** A build that hangs, with a child in its group and one that has left it. */
const building = {
  app: `build: 'node task.mjs',`,
  task: `
import { spawn } from 'node:child_process';
spawn('sleep', ['${seconds}'], { stdio: 'ignore' });
spawn('setsid', ['-f', 'sleep', '${seconds}'], { stdio: 'ignore' });
`,
};

/** The children of builds and migrations that live. */
function sleepers(): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => commandOf(pid) === `sleep\0${seconds}\0`);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

const untilSleepers = (count: number) =>
  kova.until(
    async () => sleepers(),
    ({ length }) => length === count,
  );

/** The deployment that is at work, once it is in that phase. */
async function inPhase(phase: string): Promise<string> {
  const { inFlight } = await kova.until(
    () => kova.environment(),
    (environment) => environment.inFlight?.phase === phase,
  );
  return inFlight!.id;
}

// https://github.com/coollabsio/coolify/issues/5850
test('a ship that builds is aborted: no process of the build is left, and the next one goes live', async () => {
  const { ship } = await kova.ship({ text: 'aborted', ...building });
  await untilSleepers(2);
  await expect(kova.act('abort')).rejects.toMatchObject({ code: 'NOT_FOUND', next: expect.stringContaining(ship) });
  await kova.call('POST', `/v1/ships/${ship}/abort`, { by: 'ada' });
  const ended = await kova.endOf(ship);
  expect(ended).toMatchObject({ state: 'failed', error: { code: 'CANCELLED', message: 'aborted by ada' } });
  expect(sleepers()).toEqual([]);
  await expect(kova.call('POST', `/v1/ships/${ship}/abort`, {})).rejects.toMatchObject({ code: 'CONFLICT' });
  const next = await kova.shipped({ text: 'after the abort' });
  expect(next.state).toBe('done');
  base = next.release!;
});

test('a ship that deploys is aborted: its deployment ends', async () => {
  const environments = `{ production: { approvals: 1, instances: 2 } }`;
  const { ship } = await kova.ship({ text: 'deploying', environments });
  const id = await inPhase('awaiting-approval');
  await kova.call('POST', `/v1/ships/${ship}/abort`, { by: 'ada' });
  expect(await kova.ended(id)).toMatchObject({ phase: 'cancelled', reason: 'aborted by ada' });
  expect((await kova.endOf(ship)).state).toBe('failed');
});

const waits = { environments: `{ production: { approvals: 1, stability: '1s', instances: 2 } }` };

/** The control plane dies at that point, to which `act` leads, and comes up again. */
async function dieAt(point: string, act: () => Promise<unknown>): Promise<void> {
  kova.killControl();
  await kova.up({ KOVA_CRASH_AT: point });
  const { pid } = kova.control;
  await act().catch(() => undefined);
  await kova.until(
    async () => isGone(pid),
    (gone) => gone,
  );
  await kova.up();
}

// https://github.com/coollabsio/coolify/issues/11327
test('kill -9 right after an abort is recorded: the deployment ends, and the queue goes on', async () => {
  await kova.ship({ text: 'abort recorded', ...waits });
  const id = await inPhase('awaiting-approval');
  await dieAt('abort:recorded', () => kova.act('abort', { by: 'ada' }));
  expect(await kova.ended(id)).toMatchObject({ phase: 'cancelled', reason: 'aborted by ada' });
  const next = await kova.shipped({ text: 'after the recorded abort' });
  expect(next.state).toBe('done');
  base = next.release!;
});

test('kill -9 right after an approval is recorded: the deployment goes on', async () => {
  const { ship } = await kova.ship({ text: 'approval recorded', ...waits });
  await inPhase('awaiting-approval');
  await dieAt('approval:recorded', () => kova.act('approve', { by: 'ada' }));
  const ended = await kova.endOf(ship);
  expect(ended.state).toBe('done');
  base = ended.release!;
});

test('kill -9 right after a rollback is recorded: it is done all the same', async () => {
  await dieAt('deployment:recorded', () => kova.act('rollback', { by: 'ada' }));
  const { live } = await kova.until(
    () => kova.environment(),
    (environment) => environment.live?.kind === 'rollback',
  );
  expect(live!.release).not.toBe(base);
  base = live!.release;
  expect((await kova.get()).release).toBe(base);
});

test('kill -9 in the middle of a migration: it is run again, and the first run is not left beside it', async () => {
  const task = `import { spawn } from 'node:child_process'; spawn('sleep', ['${seconds}'], { stdio: 'ignore' });`;
  const config = `services: { db: postgres() }, database: { migrate: 'node task.mjs' },`;
  await kova.ship({ text: 'migrates', task, more: config });
  const [first] = await untilSleepers(1);
  kova.killControl();
  await kova.up();
  const running = await kova.until(
    async () => sleepers(),
    (found) => found.length > 0 && found.some((pid) => pid !== first),
  );
  expect(running).not.toContain(first);
  await kova.act('abort', { by: 'ada' });
  await untilSleepers(0);
});

// https://github.com/coollabsio/coolify/issues/11327
test('Postgres stops while a deployment is cancelled: it ends, and the queue goes on', async () => {
  const start = 'await new Promise((resolve) => setTimeout(resolve, 60_000));';
  await kova.ship({ text: 'slow', atStart: start, app: `health: { path: '/health', deadline: '50s' },` });
  const id = await inPhase('starting');
  const store = new TestStore(kova.home);
  const client = await store.connect();
  // Whoever ends it waits for this row.
  await client.query('BEGIN');
  await client.query('SELECT FROM deployments WHERE id = $1 FOR UPDATE', [id]);
  const aborting = kova.act('abort', { by: 'ada' }).catch((error: { code: string }) => error.code);
  const waiting = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'update%abort%'`;
  await kova.until(
    async () => {
      await client.query('SELECT pg_stat_clear_snapshot()');
      return client.query(waiting);
    },
    ({ rowCount }) => rowCount === 1,
  );
  store.stop();
  // Cut off by the stop, it may never hear that it has ended.
  void client.end().catch(() => undefined);
  await store.back();
  // Its end takes the lock from whoever held it: what waited may have been recorded all the same, and be told now.
  if ((await aborting) === 'STORE_UNAVAILABLE') await kova.act('abort', { by: 'ada' }).catch(() => undefined);
  expect(await kova.ended(id)).toMatchObject({ phase: 'cancelled', reason: 'aborted by ada' });
  const next = await kova.shipped({ text: 'after the outage' });
  expect(next.state).toBe('done');
  base = next.release!;
});

// https://github.com/argoproj/argo-rollouts/issues/1292
test('who aborts a rollback in its window is back on the release before, and loses no request', async () => {
  const environments = `{ production: { stability: '6s', instances: 2 } }`;
  await kova.shipped({ text: 'target', environments });
  const target = (await kova.environment()).live!;
  const before = (await kova.shipped({ text: 'left' })).release;
  const load = new Load(kova.control.edge, 'production.shop.localhost');
  const id = await kova.act('rollback', { by: 'ada' });
  await inPhase('stabilizing');
  expect(await kova.act('rollback', { by: 'bob' })).toBe(id);
  await kova.act('abort', { by: 'ada' });
  expect(await kova.ended(id)).toMatchObject({ kind: 'rollback', phase: 'rolled-back', health: null });
  const seen = await load.stop();
  expect([seen.dropped, seen.errors]).toEqual([[], 0]);
  expect((await kova.get()).release).toBe(before);
  const { live, held } = await kova.environment();
  expect(live).toMatchObject({ release: before, phase: 'live', health: 'healthy' });
  expect(held.map(({ commit }) => commit)).not.toContain(target.commit);
});
