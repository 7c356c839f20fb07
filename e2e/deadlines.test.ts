import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AppVersion } from './testing/app.ts';
import { TestKova } from './testing/kova.ts';

let kova: TestKova;
let base: string;
beforeAll(async () => {
  kova = await TestKova.start();
  base = (await kova.shipped({ text: 'base' })).release!;
});
afterAll(() => kova.close());

const hanging = 'setInterval(() => {}, 1000);';
const impatient = `health: { path: '/health', deadline: '4s', timeout: '1s' },`;

// https://github.com/basecamp/kamal/issues/1587
test('a build that hangs ends by app.buildTimeout, and is named', async () => {
  const app = `build: 'node task.mjs', buildTimeout: '1s',`;
  const ship = await kova.shipped({ text: 'build hangs', task: hanging, app });
  expect(ship).toMatchObject({ state: 'failed', error: { code: 'BUILD_TIMEOUT' }, deployments: [] });
  expect(ship.error!.message).toBe('`node task.mjs` was not done within 1 s');
  expect((await kova.get()).release).toBe(base);
});

const steps: Array<[string, Omit<AppVersion, 'text'>, RegExp]> = [
  [
    'a migration that hangs',
    {
      task: hanging,
      more: `services: { db: postgres() }, database: { migrate: 'node task.mjs', migrateTimeout: '1s' },`,
    },
    /^`node task\.mjs` was not done within the 1 s of database\.migrateTimeout$/,
  ],
  [
    'an app that takes connections and never answers',
    { hangs: '/health', app: impatient },
    /is not ready after 4 s: GET \/health gave no answer within 1 s/,
  ],
  [
    'a smoke path that never answers',
    { hangs: '/slow', app: impatient, environments: `{ production: { smoke: ['/slow'], instances: 2 } }` },
    /^instance \S+ did not answer within 1 s at \/slow$/,
  ],
  [
    'a smoke path whose answer never ends',
    { drips: '/slow', app: impatient, environments: `{ production: { smoke: ['/slow'], instances: 2 } }` },
    /^instance \S+ did not answer within 1 s at \/slow$/,
  ],
  [
    'an approval that nobody gives',
    { environments: `{ production: { approvals: 1, approvalTimeout: '1s', instances: 2 } }` },
    /^not approved within 1 s$/,
  ],
];

// https://github.com/basecamp/kamal/issues/1587
test.each(steps)('%s ends by its deadline, is named, and no user was on it', async (text, version, reason) => {
  const { ship } = await kova.ship({ text, ...version });
  const { deployments } = await kova.endOf(ship);
  expect(deployments[0]).toMatchObject({ phase: 'failed', trafficAt: null, reason: expect.stringMatching(reason) });
  expect((await kova.get()).release).toBe(base);
});

test('the next deployment goes on after all of these', async () => {
  const ship = await kova.shipped({ text: 'next' });
  expect(ship.error).toBeNull();
  base = ship.release!;
  expect((await kova.get()).release).toBe(base);
});

// https://github.com/coollabsio/coolify/issues/10593
test('an artefact store that hangs holds up its deployment alone, which can be aborted', async () => {
  const { release } = await kova.shipped({ text: 'stored' });
  // Both slots are others', so that it must be unpacked again.
  await kova.shipped({ text: 'newer' });
  base = (await kova.shipped({ text: 'newest' })).release!;
  const mend = await hangArtefacts();
  const id = await kova.act('deployments', { release });
  await kova.until(
    () => kova.environment(),
    ({ inFlight }) => inFlight?.id === id && inFlight.phase === 'preparing',
  );
  await kova.act('abort', { by: 'ada' });
  expect(await kova.ended(id)).toMatchObject({ phase: 'cancelled', reason: 'aborted by ada' });
  expect((await kova.get()).release).toBe(base);
  mend();
  expect(await kova.ended(await kova.act('deployments', { release }))).toMatchObject({ phase: 'live' });
  base = release!;
});

/** Every artefact is a pipe that nobody writes to, as on a dead disk; returns what ends that. */
async function hangArtefacts(): Promise<() => void> {
  const root = join(kova.home, 'artefacts/sha256');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.zst'));
  for (const name of files) {
    renameSync(join(root, name), join(root, `${name}.kept`));
    execFileSync('mkfifo', [join(root, name)]);
  }
  return () => {
    for (const name of files) {
      release(join(root, name));
      rmSync(join(root, name));
      renameSync(join(root, `${name}.kept`), join(root, name));
    }
  };
}

/** Who waits for a writer must not wait for ever: a thread of the control plane would be lost. */
function release(pipe: string): void {
  try {
    closeSync(openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    // Nobody waits.
  }
}

// https://github.com/basecamp/kamal/issues/1587
test('an edge that hangs when traffic shall move: the step is named, and users are back on the earlier release', async () => {
  const environments = `{ production: { approvals: 1, stability: '2s', instances: 2 } }`;
  const { ship } = await kova.ship({ text: 'edge hangs', environments });
  const { inFlight } = await kova.until(
    () => kova.environment(),
    (environment) => environment.inFlight?.phase === 'awaiting-approval',
  );
  const { pid } = JSON.parse(readFileSync(join(kova.home, 'edge/edge.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGSTOP');
  try {
    await kova.act('approve', { by: 'ada' });
    await kova.until(
      () => kova.environment(),
      (environment) => environment.inFlight?.reason.includes('going back waits: "revert.swap" failed') === true,
    );
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  const ended = await kova.ended(inFlight!.id);
  expect(ended).toMatchObject({ phase: 'rolled-back', health: 'failed' });
  expect(ended.reason).toMatch(/^rolled back: "shift\.100" failed: The edge does not answer/);
  expect((await kova.endOf(ship)).state).toBe('failed');
  expect((await kova.get()).release).toBe(base);
  expect((await kova.environment()).live!.release).toBe(base);
});
