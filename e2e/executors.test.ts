import { isGone } from '@kova/control/testing/is-gone';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';
import { TestStore } from './testing/store.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
  await kova.shipped({ text: 'base' });
});
afterAll(() => kova.close());

const slowStart = 'await new Promise((resolve) => setTimeout(resolve, 3000));';
const patient = `health: { path: '/health', deadline: '60s' },`;

/** A deployment is in the midst of its start when the control plane is paused; users go on. */
async function pauseInMidDeploy(text: string): Promise<{ ship: string; paused: number; load: Load }> {
  const load = new Load(kova.control.edge, 'production.shop.localhost');
  const { ship } = await kova.ship({ text, atStart: slowStart, app: patient });
  await kova.until(
    () => kova.environment(),
    ({ inFlight }) => inFlight?.phase === 'starting',
  );
  const paused = kova.control.pid;
  process.kill(paused, 'SIGSTOP');
  return { ship, paused, load };
}

/** The deployment is live, nobody was dropped, and ledger and edge agree. */
async function wentWell(ship: string, load: Load): Promise<void> {
  const { release, state } = await kova.endOf(ship);
  const seen = await load.stop();
  expect(state).toBe('done');
  expect([seen.dropped, seen.errors]).toEqual([[], 0]);
  expect((await kova.get()).release).toBe(release);
  expect((await kova.environment()).live!.release).toBe(release);
}

test('a control plane that is paused in mid-deploy keeps another from its home; once it is killed, its work goes on', async () => {
  const { ship, paused, load } = await pauseInMidDeploy('paused');
  await expect(kova.up()).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
  process.kill(paused, 'SIGKILL');
  await kova.up();
  expect(kova.control.pid).not.toBe(paused);
  await wentWell(ship, load);
});

test('a control plane that was declared dead while it was paused ends itself when it wakes up', async () => {
  const { ship, paused, load } = await pauseInMidDeploy('declared dead');
  // As another executor does that has heard nothing of it.
  const client = await new TestStore(kova.home).connect();
  await client.query('DELETE FROM executors');
  await client.end();
  process.kill(paused, 'SIGCONT');
  await kova.until(
    async () => isGone(paused),
    (gone) => gone,
  );
  await kova.up();
  await wentWell(ship, load);
});

test('a database that is the store of another home is refused', async () => {
  const url = await new TestStore(kova.home).url();
  await expect(TestKova.start({ KOVA_DATABASE_URL: url })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining(kova.home),
  });
  expect((await kova.shipped({ text: 'unharmed' })).state).toBe('done');
});
