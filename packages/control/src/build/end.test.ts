import { execFileSync, spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findMarked } from '../commands/strays.ts';
import { build } from './testing/build.ts';
import { app, openWorld, type World } from './testing/world.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(async () => {
  for (const row of await survivors()) process.kill(Number.parseInt(row, 10), 'SIGKILL');
  await world.remove();
});

const isRoot = process.getuid?.() === 0;

/** Seconds to sleep that no other process of this machine sleeps, by which the children are known again. */
const grouped = 1_000_000 + process.pid * 10;
const apart = grouped + 1;
const hidden = grouped + 2;

/**
 * Starts one child in its group, one in a session of its own and one that has also shed all that marks it; then hangs.
 * Each prints `up` when it is where it shall be.
 */
const sleeping = (seconds: number) => `'/bin/sh', '-c', 'echo up; exec /bin/sleep ${seconds}'`;
const family = `
const { spawn } = require('child_process');
const start = (...argv) => spawn(argv[0], argv.slice(1), { cwd: '/', stdio: ['ignore', 'inherit', 'ignore'] });
start(${sleeping(grouped)});
start('setsid', '-f', ${sleeping(apart)});
start('env', '-i', ${isRoot ? "'/usr/bin/setsid', '-f', " : "'KOVA_BUILD_ID=' + process.env.KOVA_BUILD_ID, "}${sleeping(hidden)});
setInterval(() => {}, 1000);
`;
const wanted = 3;

/** The processes that work in a build directory, were started there, or run with the group of a build. */
async function survivors(): Promise<string[]> {
  const rows = execFileSync('ps', ['-eo', 'pid=,gid=,args='], { encoding: 'utf8' }).split('\n');
  const children = rows.filter((row) => [grouped, apart, hidden].some((time) => row.endsWith(`sleep ${time}`)));
  const working = await findMarked({ variable: 'none=none', directory: world.home.builds });
  return [...children, ...working.map(String)];
}

const buildsLeft = () => readdir(join(world.home.builds, 'shop'));

// Scenarios 3 and 6: https://github.com/coollabsio/coolify/issues/5850
test('no process survives a cancelled build, wherever it hid', async () => {
  const commit = await world.ship(app(family, 'install: null'));
  const stop = new AbortController();
  let up = 0;
  let running: string[] = [];
  const onLine = async (line: string) => {
    if (line !== 'up') return;
    up += 1;
    if (up < wanted) return;
    running = await survivors();
    stop.abort(new Error('cancelled by a person'));
  };
  const building = build(world.jobs, commit, { onLine: (line) => void onLine(line), signal: stop.signal });
  await expect(building).rejects.toThrow('cancelled by a person');
  expect(running.filter((row) => row.includes('sleep'))).toHaveLength(wanted);
  expect(await survivors()).toEqual([]);
  expect(await buildsLeft()).toEqual([]);
});

function startControlPlane(commit: string) {
  const script = join(import.meta.dirname, 'testing/build-process.ts');
  const child = spawn(process.execPath, [script, world.home.root, commit], { stdio: ['ignore', 'pipe', 'inherit'] });
  return { child, lines: createInterface({ input: child.stdout }) };
}

// Scenario 4, for builds: https://github.com/Dokploy/dokploy/issues/2670
test('what a killed control plane leaves of a build ends at the next start; the npm cache stays', async () => {
  const commit = await world.ship(app(family, 'install: null'));
  const { child, lines } = startControlPlane(commit);
  let up = 0;
  for await (const line of lines) {
    if (line === 'up') up += 1;
    if (up === wanted) break;
  }
  expect(await world.jobs.removeLeftovers()).toBe(0);
  expect(await survivors()).not.toEqual([]);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  expect(await buildsLeft()).toHaveLength(1);
  expect(await world.jobs.removeLeftovers()).toBe(1);
  expect(await survivors()).toEqual([]);
  expect(await buildsLeft()).toEqual([]);
  expect(await readdir(world.home.builds, {})).toContain('.npm-cache');
});

const cgroup = '/sys/fs/cgroup/memory';
const canLimit = isRoot && (await readdir(cgroup).catch(() => [] as string[])).includes('memory.limit_in_bytes');

// Scenario 9: https://github.com/caprover/caprover/issues/2092
// Needs root and a memory cgroup (version 1), so that the memory that runs out is that of this test alone.
test.skipIf(!canLimit)('when a build eats all memory it alone is killed', async () => {
  const eat = 'const all = []; for (;;) all.push(Buffer.alloc(10_000_000, 1));';
  // A first build outside the group copies Node and npm where the builder needs them: pages of files that are written
  // inside count against the limit, and the kernel would write and read them again rather than kill anybody.
  await build(world.jobs, await world.ship(app('', 'install: null')));
  const commit = await world.ship(app(eat, 'install: null'));
  const group = join(cgroup, `kova-test-${process.pid}`);
  await mkdir(group);
  try {
    await writeFile(join(group, 'memory.limit_in_bytes'), String(600 * 1024 ** 2));
    const { child, lines } = startControlPlane(commit);
    await writeFile(join(group, 'cgroup.procs'), String(child.pid));
    const seen: string[] = [];
    for await (const line of lines) seen.push(line);
    expect(seen.find((line) => line.startsWith('failed: '))).toMatch(/JOB_FAILED `npm run build`/);
    expect(await buildsLeft()).toEqual([]);
  } finally {
    // What was killed leaves the group a moment after its output has closed.
    await expect.poll(() => readFile(join(group, 'cgroup.procs'), 'utf8'), { timeout: 20_000 }).toBe('');
    await rmdir(join(group, 'kova-jobs')).catch(() => undefined);
    await rmdir(group);
  }
});

// Needs root, to mount a small file system that can be filled.
test.skipIf(!isRoot)('a full disk is named as such and leaves nothing', async () => {
  const commit = await world.ship({ ...app(''), 'big.bin': 'x'.repeat(4_000_000) });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=711', 'tmpfs', world.home.builds]);
  try {
    await expect(build(world.jobs, commit)).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await buildsLeft()).toEqual([]);
  } finally {
    execFileSync('umount', [world.home.builds]);
  }
});
