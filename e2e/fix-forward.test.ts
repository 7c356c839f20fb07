import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AppVersion } from './testing/app.ts';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';

// https://github.com/argoproj/argo-rollouts/issues/1774 https://github.com/fluxcd/flagger/issues/639
let kova: TestKova;
beforeEach(async () => {
  kova = await TestKova.start();
});
afterEach(() => kova.close());

const canary = `{ production: { instances: 2, stability: '1s', strategy: canary({ steps: [10, 50], every: '3s' }) } }`;
const slow = `{ production: { instances: 2, stability: '60s' } }`;

/** Ships a good release: whatever was before, it becomes live. */
async function expectFixed(version: Partial<AppVersion> = {}): Promise<string> {
  const ship = await kova.shipped({ text: 'the fix', ...version });
  expect(ship.error).toBeNull();
  expect(ship.deployments[0]).toMatchObject({ phase: 'live', health: 'healthy' });
  const load = new Load(kova.control.edge, 'production.shop.localhost');
  await kova.until(
    async () => load.seen.requests,
    (requests) => requests > 50,
  );
  const seen = await load.stop();
  expect(seen.dropped).toEqual([]);
  expect(seen.errors).toBe(0);
  expect([...seen.releases.keys()]).toEqual([ship.release]);
  return ship.release!;
}

test('fix-forward when the first deployment ever failed', async () => {
  expect((await kova.shipped({ text: 'mute', neverListens: true })).state).toBe('failed');
  await expectFixed();
});

test('fix-forward when the first deployment ever breached and stays, degraded', async () => {
  const rules = `{ rules: [{ signal: 'restarts', above: 0 }] }`;
  const dies = 'setTimeout(() => process.exit(1), 2000);';
  const environments = `{ production: { instances: 2, stability: '30s', analysis: ${rules} } }`;
  const ship = await kova.shipped({ text: 'dies', atStart: dies, environments });
  expect(ship.deployments[0]).toMatchObject({ phase: 'live', health: 'degraded' });
  await expectFixed();
});

test('fix-forward when all instances of the live release are killed, by a canary as well', async () => {
  const { release } = await kova.shipped({ text: 'killed' });
  await kova.killInstances(release!);
  await expectFixed({ environments: canary });
});

test('fix-forward when the live release is in a crash loop; its fix is not held up by a canary', async () => {
  const broken = join(kova.home, 'broken');
  const dies = `import { existsSync } from 'node:fs'; if (existsSync('${broken}')) process.exit(1);`;
  const { release } = await kova.shipped({ text: 'loops', atStart: dies });
  kova.write('broken');
  await kova.killInstances(release!);
  await kova.until(
    () => kova.environment(),
    ({ instances }) => instances.every(({ state }) => state === 'crash-looped'),
  );
  const fix = await expectFixed({ environments: canary });
  expect((await kova.story(fix)).filter((reason) => reason.includes(' % on '))).toEqual(['100 % on green']);
  rmSync(broken);
});

test('fix-forward after a rollback and after an abort', async () => {
  await kova.shipped({ text: 'one' });
  await kova.shipped({ text: 'two' });
  await kova.ended(await kova.act('rollback'));
  await expectFixed({ text: 'after a rollback' });
  await kova.ship({ text: 'aborted', environments: slow });
  const { inFlight } = await kova.until(
    () => kova.environment(),
    ({ inFlight: open }) => open?.phase === 'stabilizing',
  );
  await kova.act('abort');
  await kova.ended(inFlight!.id);
  await expectFixed({ text: 'after an abort' });
});

test('fix-forward after a migration that failed', async () => {
  const more = (migrate: string) => `services: { postgres: postgres() }, database: { migrate: '${migrate}' },`;
  await kova.shipped({ text: 'before', more: more('node --version') });
  const ship = await kova.shipped({ text: 'bad migration', more: more('node nothing.mjs') });
  expect(ship.deployments[0]).toMatchObject({ phase: 'failed', trafficAt: null });
  expect(ship.deployments[0]!.reason).toContain('nothing.mjs');
  await expectFixed({ more: more('node --version') });
});
