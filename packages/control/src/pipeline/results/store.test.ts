import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pass } from '@kova/core/verdict';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../../commands/run.ts';
import { appIdentity } from '../../home/unprivileged.ts';
import { pruneResults } from './prune.ts';
import { LocalResults } from './store.ts';

let base: string;
let store: string;
let results: LocalResults;
const as = appIdentity();

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'kova-results-'));
  await chmod(base, 0o711);
  store = join(base, 'store');
  await mkdir(store, { mode: 0o700 });
  results = new LocalResults(store);
});
afterEach(() => rm(base, { recursive: true, force: true }));

async function workspace(name: string, files: Record<string, string> = {}): Promise<string> {
  const directory = join(base, name);
  await mkdir(directory, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  if (as) await run({ argv: ['chown', '-R', `${as.uid}:${as.gid}`, directory], env: {}, timeoutMs: 10_000 });
  return directory;
}

const resultOf = (...outputs: string[]) => ({
  report: { verdict: pass('done'), code: null, evidence: [], outputs, durationMs: 1 },
  log: 'x.log',
});

/** Appends to a file as a job would. */
const append = (file: string) =>
  run({ argv: ['tee', '-a', file], env: { PATH: '/usr/bin:/bin' }, as, timeoutMs: 10_000 }).then(
    ({ exitCode }) => exitCode,
  );

test('what a job made is laid out for another as it was; the report comes along', async () => {
  const from = await workspace('from', { 'out/a': '1', 'out/b/c': '2', other: 'x' });
  await results.keep('k', resultOf('out'), from);
  expect(await readdir(from)).toEqual(['other']);
  const to = await workspace('to');
  await results.layOut('k', to, as);
  expect(await readFile(join(to, 'out/b/c'), 'utf8')).toBe('2');
  expect((await results.find('k'))?.report.verdict.outcome).toBe('pass');
  expect(await results.find('unknown')).toBeNull();
});

test('a job may write to what it got, and neither the result nor another job sees it', async () => {
  await results.keep(
    'k',
    resultOf('out', 'node_modules'),
    await workspace('from', { 'out/a': '1', 'node_modules/p/i.js': '1' }),
  );
  const [one, two] = [await workspace('one'), await workspace('two')];
  for (const to of [one, two]) await results.layOut('k', to, as);
  expect(await append(join(one, 'out/a'))).toBe(0);
  await writeFile(join(one, 'out/a'), 'changed');
  expect(await readFile(join(two, 'out/a'), 'utf8')).toBe('1');
  // Installed files are shared by links: they cannot be written to, but new ones may lie beside them.
  expect(await append(join(one, 'node_modules/p/i.js'))).not.toBe(0);
  expect((await stat(join(one, 'node_modules/p/i.js'))).ino).toBe((await stat(join(two, 'node_modules/p/i.js'))).ino);
  const made = await run({
    argv: ['touch', join(one, 'node_modules/.cache')],
    env: { PATH: '/usr/bin:/bin' },
    as,
    timeoutMs: 10_000,
  });
  expect(made.exitCode).toBe(0);
});

test('what is installed within something else is shared as well, and only that', async () => {
  const files = { 'out/a': '1', 'out/b/node_modules/p/i.js': '1', 'out/b/node_modules/p/node_modules/q/i.js': '1' };
  await results.keep('k', resultOf('out'), await workspace('from', files));
  const [one, two] = [await workspace('one'), await workspace('two')];
  for (const to of [one, two]) await results.layOut('k', to, as);
  expect(await append(join(one, 'out/a'))).toBe(0);
  for (const path of ['out/b/node_modules/p/i.js', 'out/b/node_modules/p/node_modules/q/i.js']) {
    expect(await append(join(one, path))).not.toBe(0);
    expect((await stat(join(one, path))).ino).toBe((await stat(join(two, path))).ino);
  }
  expect(await append(join(one, 'out/b/node_modules/p/new'))).toBe(0);
  expect((await stat(join(one, 'out/a'))).ino).not.toBe((await stat(join(two, 'out/a'))).ino);
});

test('the directories on the way to what is laid out belong to the job', async () => {
  await results.keep('k', resultOf('a/b/c'), await workspace('from', { 'a/b/c/d': '1' }));
  const to = await workspace('to');
  await results.layOut('k', to, as);
  const made = await run({
    argv: ['touch', join(to, 'a/b/new')],
    env: { PATH: '/usr/bin:/bin' },
    as,
    timeoutMs: 10_000,
  });
  expect(made.exitCode).toBe(0);
});

test('a link in the checkout is not followed out of the workspace', async () => {
  await results.keep('k', resultOf('a/b'), await workspace('from', { 'a/b/c': '1' }));
  const [to, other, outside] = [
    await workspace('to'),
    await workspace('other', { 'a/x': '' }),
    await workspace('outside'),
  ];
  await symlink(outside, join(to, 'a'));
  await expect(results.layOut('k', to, as)).rejects.toMatchObject({ code: 'ARTEFACT_UNSAFE' });
  await symlink(outside, join(other, 'a/b'));
  await results.layOut('k', other, as);
  expect(await readFile(join(other, 'a/b/c'), 'utf8')).toBe('1');
  expect(await readdir(outside)).toEqual([]);
});

test.each([
  ['is a link', async (from: string) => symlink('/etc', join(from, 'out')), 'out'],
  ['lies behind a link', async (from: string) => symlink('/etc', join(from, 'way')), 'way/passwd'],
])('an output that %s is refused, and nothing is kept', async (_, make, output) => {
  const from = await workspace('from');
  await make(from);
  await expect(results.keep('k', resultOf(output), from)).rejects.toMatchObject({ code: 'ARTEFACT_UNSAFE' });
  expect(await readdir(store)).toEqual([]);
  expect(await stat('/etc/passwd')).toBeDefined();
});

test('who keeps a result second finds the first one as it was', async () => {
  await results.keep('k', resultOf('out'), await workspace('first', { 'out/a': '1' }));
  await results.keep('k', resultOf('out'), await workspace('second', { 'out/a': '2' }));
  const to = await workspace('to');
  await results.layOut('k', to, as);
  expect(await readFile(join(to, 'out/a'), 'utf8')).toBe('1');
  expect(await readdir(store)).toEqual(['k']);
});

test('when room is short those go that were not used for the longest time, never one in use', async () => {
  for (const [index, key] of ['old', 'older', 'new'].entries()) {
    await results.keep(key, resultOf('out'), await workspace(key, { 'out/a': 'x'.repeat(100_000) }));
    const at = new Date(Date.now() - [50, 100, 0][index]! * 3_600_000);
    await utimes(join(store, key, 'report.json'), at, at);
  }
  const day = 24 * 3_600_000;
  expect(await pruneResults(store, 1_000_000, day)).toBe(0);
  expect(await pruneResults(store, 250_000, day)).toBeGreaterThan(100_000);
  expect((await readdir(store)).sort()).toEqual(['new', 'old']);
  await pruneResults(store, 0, day);
  expect(await readdir(store)).toEqual(['new']);
});
