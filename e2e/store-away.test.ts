import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';
import { TestStore } from './testing/store.ts';

/** Long enough for every poller, and for DBOS, to fail several times. */
const awayMs = Number(process.env.KOVA_TEST_STORE_AWAY_MS ?? 12_000);
const patienceMs = awayMs + 60_000;

let kova: TestKova;
let store: TestStore;
beforeAll(async () => {
  kova = await TestKova.start();
  store = new TestStore(kova.home);
  await kova.shipped({ text: 'base' });
});
afterAll(() => kova.close());

const users = () => new Load(kova.control.edge, 'production.shop.localhost');

/** Keeps the traffic of the environment from being changed, so that what wants to waits in the midst. */
async function holdTraffic(): Promise<pg.Client> {
  const client = await store.connect();
  await client.query('BEGIN');
  await client.query('SELECT FROM environments FOR NO KEY UPDATE');
  return client;
}

/** The store is away for a while. Stopping it cuts the connection that holds the traffic. */
async function storeAway(holding?: pg.Client): Promise<void> {
  store.stop();
  await holding?.end().catch(() => undefined);
  await sleep(awayMs);
  await store.back();
}

const phaseOf = (id: string) => async () =>
  await store.connect().then(async (client) => {
    const { rows } = await client.query('SELECT phase FROM deployments WHERE id = $1', [id]);
    await client.end();
    return rows[0]?.phase as string;
  });

// https://github.com/spinnaker/spinnaker/issues/4426
test('Postgres is stopped in the middle of an automatic rollback: it completes, and nothing is dropped', async () => {
  const good = (await kova.get()).release;
  const load = users();
  const environments = `{ production: { stability: '60s', instances: 2 } }`;
  const { ship } = await kova.ship({ text: 'bad', failing: 0.6, environments });
  const { inFlight } = await kova.until(
    () => kova.environment(),
    (environment) => environment.inFlight?.phase === 'stabilizing',
  );
  const holding = await holdTraffic();
  await kova.until(phaseOf(inFlight!.id), (phase) => phase === 'reverting');
  await storeAway(holding);
  const ended = await kova.until(
    () => kova.ended(inFlight!.id),
    () => true,
    patienceMs,
  );
  const { state } = await kova.endOf(ship);
  const seen = await load.stop();
  expect(seen.dropped).toEqual([]);
  expect(ended).toMatchObject({ phase: 'rolled-back', health: 'failed' });
  expect(state).toBe('failed');
  expect((await kova.get()).release).toBe(good);
  expect((await kova.environment()).live!.release).toBe(good);
});

// https://github.com/spinnaker/spinnaker/issues/4426
test('Postgres is stopped in the middle of a rollback by hand: it completes, and no user notices', async () => {
  await kova.shipped({ text: 'regretted' });
  const load = users();
  const holding = await holdTraffic();
  const id = await kova.act('rollback');
  await kova.until(phaseOf(id), (phase) => phase === 'starting');
  await storeAway(holding);
  const ended = await kova.until(
    () => kova.ended(id),
    () => true,
    patienceMs,
  );
  const seen = await load.stop();
  expect(seen.dropped).toEqual([]);
  expect(seen.errors).toBe(0);
  expect(ended).toMatchObject({ phase: 'live', kind: 'rollback' });
  expect((await kova.get()).release).toBe(ended.release);
  expect(JSON.parse((await kova.get()).body).text).toBe('base');
});

test('Postgres is stopped in the stability window: the deployment is live when it is back', async () => {
  const load = users();
  const environments = `{ production: { stability: '4s', instances: 2 } }`;
  const { ship } = await kova.ship({ text: 'steady', environments });
  const { inFlight } = await kova.until(
    () => kova.environment(),
    (environment) => environment.inFlight?.phase === 'stabilizing',
  );
  await storeAway();
  expect((await kova.endOf(ship)).state).toBe('done');
  const seen = await load.stop();
  expect([seen.dropped, seen.errors]).toEqual([[], 0]);
  expect((await kova.get()).release).toBe(inFlight!.release);
});

test('after all that, a deployment that waits is woken at once', async () => {
  const environments = `{ production: { approvals: 1, stability: '1s', instances: 2 } }`;
  const { ship } = await kova.ship({ text: 'asked', environments });
  await kova.until(
    () => kova.environment(),
    (environment) => environment.inFlight?.phase === 'awaiting-approval',
  );
  await kova.act('approve', { by: 'ada' });
  expect((await kova.endOf(ship)).state).toBe('done');
});
