import { createReadStream } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCommits } from './commits.ts';
import { commitFiles, gitIn, openWorld, type World } from './testing/world.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.remove());

function bundle(...what: string[]): string {
  const file = join(world.base, 'test.bundle');
  gitIn(world.repository, 'bundle', 'create', '--quiet', file, ...what);
  return file;
}

const send = (commit: string, file: string, commits = world.commits) =>
  commits.receive('shop', commit, createReadStream(file));

test('a commit is received with what it says of itself, once and again', async () => {
  const commit = await commitFiles(world.repository, { a: '1' });
  const file = bundle('HEAD');
  expect(await world.commits.has('shop', commit)).toBe(false);
  const info = await send(commit, file);
  expect(info).toEqual({ sha: commit, author: 'Ada', message: 'A title\n\nand a body', committedAt: expect.any(Date) });
  expect(Math.abs(info.committedAt.getTime() - Date.now())).toBeLessThan(60_000);
  expect(await world.commits.has('shop', commit)).toBe(true);
  expect(await send(commit, file)).toEqual(info);
  expect(await world.commits.has('other', commit)).toBe(false);
  expect(await readdir(world.home.repositories)).toEqual(['shop.git']);
});

test('a later bundle needs to hold only what is new', async () => {
  const first = await commitFiles(world.repository, { a: '1' });
  await send(first, bundle('HEAD'));
  const second = await commitFiles(world.repository, { a: '2' });
  await send(second, bundle('HEAD', '--not', first));
  expect(await world.commits.has('shop', second)).toBe(true);
});

test('the same commit received five times at once is there once', async () => {
  const commit = await commitFiles(world.repository, { a: '1' });
  const file = bundle('HEAD');
  const infos = await Promise.all(Array.from({ length: 5 }, () => send(commit, file)));
  expect(new Set(infos.map(({ sha }) => sha))).toEqual(new Set([commit]));
});

test('a bundle without the commit is told from one that is none', async () => {
  const first = await commitFiles(world.repository, { a: '1' });
  await commitFiles(world.repository, { a: '2' });
  await expect(send(first, bundle('HEAD'))).rejects.toMatchObject({ code: 'COMMIT_NOT_FOUND' });
  const garbage = join(world.base, 'garbage');
  await writeFile(garbage, 'garbage'.repeat(1000));
  await expect(send(first, garbage)).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
  expect(await world.commits.has('shop', first)).toBe(false);
});

test.each([
  ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 20)],
  ['damaged in one byte', (bytes: Buffer) => bytes.with(bytes.length - 30, (bytes.at(-30) ?? 0) ^ 1)],
  ['empty', () => Buffer.alloc(0)],
])('a bundle that is %s is refused and nothing of it is kept', async (_name, damage) => {
  const commit = await commitFiles(world.repository, { a: '1'.repeat(5000) });
  const file = bundle('HEAD');
  await writeFile(file, damage(await readFile(file)));
  await expect(send(commit, file)).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
  expect(await world.commits.has('shop', commit)).toBe(false);
  expect(await readdir(world.home.repositories)).toEqual(['shop.git']);
});

test('a bundle that builds on commits which are not here, or is cut from a shallow clone, is refused', async () => {
  const first = await commitFiles(world.repository, { a: '1' });
  const second = await commitFiles(world.repository, { a: '2' });
  const partial = bundle('HEAD', '--not', first);
  await expect(send(second, partial)).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
  const shallow = join(world.base, 'shallow');
  gitIn(world.base, 'clone', '--quiet', '--depth', '1', `file://${world.repository}`, shallow);
  gitIn(shallow, 'bundle', 'create', '--quiet', join(world.base, 'shallow.bundle'), 'HEAD');
  await expect(send(second, join(world.base, 'shallow.bundle'))).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
  expect(await world.commits.has('shop', second)).toBe(false);
});

test('a bundle above the limit is refused while it comes in', async () => {
  const commit = await commitFiles(world.repository, { a: '1' });
  const file = bundle('HEAD');
  const commits = createCommits(world.home.repositories, { maxBundleBytes: (await stat(file)).size - 1 });
  await expect(send(commit, file, commits)).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
  expect(await readdir(world.home.repositories)).toEqual(['shop.git']);
});

test('a sender that breaks off leaves nothing', async () => {
  const commit = await commitFiles(world.repository, { a: '1' });
  async function* broken() {
    yield Buffer.from('# v2 git bundle\n');
    throw new Error('connection lost');
  }
  await expect(world.commits.receive('shop', commit, broken())).rejects.toThrow('connection lost');
  expect(await readdir(world.home.repositories)).toEqual(['shop.git']);
});

test.each(['../evil', 'a/b', '', '.', 'UPPER', '-x'])('"%s" is no project', async (project) => {
  await expect(world.commits.has(project, 'a'.repeat(40))).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});

test.each(['HEAD', 'abc', '--all', `${'a'.repeat(40)}^{tree}`])('"%s" is no commit id', async (commit) => {
  await expect(world.commits.has('shop', commit)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});

test('a tag is not a commit', async () => {
  await commitFiles(world.repository, { a: '1' });
  gitIn(world.repository, 'tag', '-a', 'v1', '-m', 'v1');
  const tag = gitIn(world.repository, 'rev-parse', 'v1').trim();
  await expect(send(tag, bundle('v1'))).rejects.toMatchObject({ code: 'COMMIT_NOT_FOUND' });
  expect(await world.commits.has('shop', tag)).toBe(false);
});
