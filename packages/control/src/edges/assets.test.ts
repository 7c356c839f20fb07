import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { FollowedAssets } from './follower/assets.ts';
import { shareAssets } from './share-assets.ts';

const id = 'shop/production';
let database: TestDatabase;
let root: string;
let followed: FollowedAssets;
beforeEach(async () => {
  database = await testDatabase();
  root = await mkdtemp(join(tmpdir(), 'kova-assets-'));
  followed = new FollowedAssets(database.db, join(root, 'edge'));
});
afterEach(async () => {
  await database.drop();
  await rm(root, { recursive: true, force: true });
});

async function release(name: string, files: Record<string, string>): Promise<string> {
  const directory = join(root, 'home', name);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return directory;
}

function routeWith(...dirs: string[]) {
  const health = { path: '/', intervalMs: 1000, timeoutMs: 1000, unhealthyAfter: 1, healthyAfter: 1 };
  return {
    ...{ id, hosts: ['shop.localhost'], version: 1, slots: [], health, sticky: true, idleTokenHash: null },
    ...{ limits: { bodyBytes: 1, responseTimeoutMs: 1 }, assets: { prefix: '/assets/', dirs } },
  };
}

async function localDirs(...dirs: string[]): Promise<string[]> {
  return (await followed.localized(routeWith(...dirs))).assets?.dirs ?? [];
}

const count = async (table: 'asset_contents' | 'asset_files') =>
  (await database.db.selectFrom(table).select('digest').execute()).length;

test('what two releases share is in the store and on the other machine once, until neither is kept', async () => {
  const one = await release('rel_1', { 'app/same.js': 'same', 'old.js': 'old' });
  const two = await release('rel_2', { 'app/same.js': 'same', 'new.js': 'new' });
  expect(await shareAssets(database.db, routeWith(two, one))).toBe(true);
  expect(await shareAssets(database.db, routeWith(two, one))).toBe(false);
  expect([await count('asset_files'), await count('asset_contents')]).toEqual([4, 3]);
  const [newer = '', older = ''] = await localDirs(two, one);
  expect(await readFile(join(newer, 'app/same.js'), 'utf8')).toBe('same');
  expect(await readFile(join(older, 'old.js'), 'utf8')).toBe('old');
  expect(await readdir(join(root, 'edge/.contents'))).toHaveLength(3);
  await shareAssets(database.db, routeWith(two));
  await followed.prune([await followed.localized(routeWith(two))]);
  expect([await count('asset_files'), await count('asset_contents')]).toEqual([2, 2]);
  expect(await readdir(join(root, 'edge', id))).toEqual(['rel_2']);
  expect(await readdir(join(root, 'edge/.contents'))).toHaveLength(2);
});

test('a link in the assets is not followed', async () => {
  const one = await release('rel_1', { 'a.js': 'a' });
  await symlink('/etc/passwd', join(one, 'b.js'));
  await shareAssets(database.db, routeWith(one));
  const [local = ''] = await localDirs(one);
  expect(await readdir(local)).toEqual(['a.js']);
});

test('assets that are not in the store yet are waited for', async () => {
  await expect(localDirs('/home/assets/rel_1')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test.each(['../../escaped', '/etc/escaped', 'a/../../escaped', '', 'a//b', 'a\\b'])(
  'a path that leads elsewhere is refused and nothing is written: %j',
  async (path) => {
    const one = await release('rel_1', { 'a.js': 'a' });
    await shareAssets(database.db, routeWith(one));
    await database.db.updateTable('asset_files').set({ path }).execute();
    await expect(localDirs(one)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(await readdir(join(root, 'edge')).then((names) => names.filter((name) => name !== 'shop'))).toEqual([]);
  },
);

test('a content that was changed in the store is refused', async () => {
  const one = await release('rel_1', { 'a.js': 'a' });
  await shareAssets(database.db, routeWith(one));
  await database.db
    .updateTable('asset_contents')
    .set({ content: Buffer.from('b') })
    .execute();
  await expect(localDirs(one)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});

test.each(['..', '.hidden', 'a b'])('a release called %j has no directory', async (name) => {
  await expect(localDirs(`/home/assets/${name}`)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});
