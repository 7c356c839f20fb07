import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ReleaseView } from '@kova/control/api';
import { surveyHome } from '@kova/control/survey';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type AppVersion, commitVersion } from './testing/app.ts';
import { runKova } from './testing/command.ts';
import { TestKova } from './testing/kova.ts';

// What people do wrong, or what goes wrong around them: each ends with a stable code, in words, with what to do next,
// and with the live release as it was.

let kova: TestKova;
let first: string;
let live: { release: string | null; pids: string[] };

beforeAll(async () => {
  kova = await TestKova.start();
  const ships = [];
  for (const text of ['one', 'two', 'three']) ships.push(await kova.shipped({ text, environments }));
  first = ships[0]!.release!;
});
afterAll(() => kova.close());

const environments = `{ staging: { stability: '1s' }, production: { stability: '1s', instances: 2 } }`;

beforeEach(async () => {
  live = await whatIsLive();
});
afterEach(async () => {
  expect(await whatIsLive()).toEqual(live);
});

/** The release that users get, and the processes that serve it. */
async function whatIsLive(): Promise<typeof live> {
  const { release } = await kova.get();
  const { live: slot } = await kova.environment();
  const survivors = await surveyHome(kova.env);
  const mine = survivors.filter(({ name }) => name.startsWith(`shop/production/${slot!.colour}/`));
  return { release, pids: mine.flatMap(({ pids }) => pids.map(String)).sort() };
}

const command = (...args: string[]) => runKova(args, kova.env, kova.repository);

/** Ships a version by the command; it must fail. Gives what is said to the person. */
async function refused(version: Partial<AppVersion>, ...options: string[]): Promise<string> {
  commitVersion(kova.repository, { text: `bad ${Math.random()}`, environments, ...version });
  const { code, err } = await command('ship', ...options);
  expect(code).toBe(1);
  expect(err).toMatch(/\n→ .+\n$/);
  return err;
}

test('an unknown key and a missing start command are named by their path', async () => {
  const unknown = await refused({ environments: `{ production: { stabilty: '1s' } }` });
  expect(unknown).toContain('error CONFIG_INVALID: kova.config.ts: environments.production.stabilty: unknown key');
  expect(await refused({ app: 'start: undefined' })).toContain('CONFIG_INVALID: kova.config.ts: app.start: missing');
});

test('an app that cannot serve fails before any user is on it, and the reason says why', async () => {
  const [, port] = /:(\d+)$/.exec(kova.control.edge)!;
  const listen = (where: string) => `(await import('node:http')).createServer().listen(${where});`;
  const never = { neverListens: true };
  expect(await refused({ atStart: listen(`${port}, '127.0.0.1'`) })).toMatch(/START_FAILED: .*EADDRINUSE/s);
  expect(await refused(never)).toMatch(
    /START_FAILED: .* is not ready after 5 s: .*; its process listens on no port, though/,
  );
  expect(await refused({ ...never, atStart: listen("0, '127.0.0.1'") })).toMatch(
    /START_FAILED: .* listens on 127.*:\d+ instead of/,
  );
  expect(await refused({ atStart: 'process.exit(3);' })).toMatch(/START_FAILED: .*crash loop.* exited with 3/);
});

test('an app that ignores SIGTERM is replaced all the same, and no process of it is left', async () => {
  const stubborn = { text: 'stubborn', environments: `{ staging: { standby: '1s', stability: '1s' } }` };
  const atStart = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`;
  const first = await kova.shipped({ ...stubborn, atStart, app: `stopTimeout: '1s',` });
  expect(first.error).toBeNull();
  const { live: slot } = await kova.environment('staging');
  const old = `shop/staging/${slot!.colour}/0`;
  await kova.shipped({ ...stubborn, text: 'polite' });
  await kova.until(
    () => surveyHome(kova.env),
    (found) => !found.some(({ name }) => name === old),
  );
});

test('a tree with changes, a shallow clone and a commit that is not there are refused before anything is sent', async () => {
  commitVersion(kova.repository, { text: 'clean', environments });
  appendFileSync(join(kova.repository, 'server.mjs'), '\n');
  const dirty = await command('ship');
  expect(dirty.err).toMatch(/REPOSITORY_DIRTY: these are not committed: server.mjs\n→ Commit or stash/);
  const shallow = join(kova.home, 'shallow');
  execFileSync('git', ['clone', '-q', '--depth', '1', `file://${kova.repository}`, shallow]);
  const cut = await runKova(['ship'], kova.env, shallow);
  expect(cut.err).toMatch(/REPOSITORY_SHALLOW: .*\n→ Run `git fetch --unshallow`/);
  const gone = await command('ship', '--commit', 'v9');
  expect(gone.err).toMatch(/COMMIT_NOT_FOUND: there is no commit v9 .*\n→ /);
});

test('a build that fails shows its last lines; one that hangs ends at its deadline; neither leaves anything', async () => {
  const build = (script: string) => ({ app: `build: ['node', '-e', ${JSON.stringify(script)}], buildTimeout: '1s',` });
  const failed = await refused(build(`console.error('no such module'); process.exit(2)`));
  expect(failed).toMatch(/BUILD_FAILED: .*ended with exit code 2:\nno such module\n→ /s);
  expect(await refused(build('setInterval(() => {}, 1000)'))).toMatch(/BUILD_TIMEOUT: .*was not done within 1 s/);
  expect(readdirSync(join(kova.home, 'builds/shop'))).toEqual([]);
});

/** The file of a release's artefact. */
async function artefactOf(release: string): Promise<string> {
  const all = await kova.call<ReleaseView[]>('GET', '/v1/projects/shop/releases');
  const hex = all.find(({ id }) => id === release)!.artefact.slice('sha256:'.length);
  return join(kova.home, 'artefacts/sha256', hex.slice(0, 2), `${hex}.tar.zst`);
}

function damage(file: string): void {
  writeFileSync(file, Buffer.alloc(statSync(file).size, 1));
}

test('bytes that were changed on disk are neither promoted nor rolled back to; shipping again mends it', async () => {
  // A build of its own each time: the new artefact has other bytes than the lost one.
  const app = `build: ['node', '-e', 'require("fs").writeFileSync("built", String(Date.now()))'],`;
  const commit = commitVersion(kova.repository, { text: 'for staging', environments, app });
  expect((await command('ship', '--until', 'staging')).err).toBe('');
  damage(await artefactOf(`rel_${commit.slice(0, 10)}`));
  const promoted = await command('promote', 'production');
  expect(promoted).toMatchObject({ code: 1, err: expect.stringContaining('error ARTEFACT_CORRUPT: ') });
  expect((await whatIsLive()).release).toBe(live.release);
  expect(await command('ship', '--force')).toMatchObject({ code: 0, err: '' });
  live = await whatIsLive();
  damage(await artefactOf(first));
  const back = await command('rollback', '--to', first);
  expect(back).toMatchObject({ code: 1, err: expect.stringContaining('error ARTEFACT_CORRUPT: ') });
});

// https://github.com/coollabsio/coolify/issues/10593
test('while the artefacts cannot be reached the live release is untouched, and the error says so', async () => {
  const [there, away] = ['artefacts', 'artefacts-away'].map((name) => join(kova.home, name));
  renameSync(there!, away!);
  try {
    const back = await command('rollback', '--to', first);
    expect(back.err).toMatch(/error ARTEFACTS_UNAVAILABLE: .*\/artefacts cannot be reached.*\n→ See that/);
    expect((await whatIsLive()).release).toBe(live.release);
    writeFileSync(there!, 'no directory');
    expect(await refused({})).toContain('error ARTEFACTS_UNAVAILABLE: ');
  } finally {
    rmSync(there!, { recursive: true, force: true });
    renameSync(away!, there!);
  }
});

const isRoot = process.getuid?.() === 0;

/** A file system of two megabytes in the place of a directory of the home, for the time of this test. */
function cramp(name: string): void {
  const path = join(kova.home, name);
  mkdirSync(path, { recursive: true });
  const mode = (statSync(path).mode & 0o777).toString(8);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=2m,mode=${mode}`, 'tmpfs', path]);
  onTestFinished(() => void execFileSync('umount', ['-l', path]));
}

// Needs root, to mount a small file system.
test.skipIf(!isRoot).each(['builds', 'artefacts', 'slots/shop/production'])(
  'a disk that is full at %s is named',
  async (name) => {
    const fill = 'require("fs").writeFileSync("fill", require("crypto").randomBytes(4e6))';
    const app = `build: ['node', '-e', ${JSON.stringify(fill)}],`;
    cramp(name);
    const said = await refused({ app });
    expect(said).toMatch(
      name === 'builds' ? /BUILD_FAILED: .*ENOSPC|DISK_FULL/s : /error DISK_FULL: .*no space is left/,
    );
  },
);

test('while Postgres is away that is said, users are served, and Kova brings it back', async () => {
  const [store] = (await surveyHome(kova.env)).filter(({ name }) => name === '_kova');
  const needed = join(kova.home, 'postgres/_kova/data/pg_wal');
  chmodSync(needed, 0o000);
  process.kill(store!.pids[0]!, 'SIGKILL');
  const away = await kova.until(
    () => command('status'),
    ({ code }) => code === 1,
  );
  expect(away.err).toMatch(/error STORE_UNAVAILABLE: .*\n→ .*kova doctor/);
  expect((await kova.get()).release).toBe(live.release);
  chmodSync(needed, 0o700);
  const back = await kova.until(
    () => command('status'),
    ({ code }) => code === 0,
  );
  expect(back.out).toContain(live.release!);
});
