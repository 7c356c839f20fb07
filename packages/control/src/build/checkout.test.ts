import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkout } from './checkout.ts';
import { closeBuildDirectory, openBuildDirectory } from './directory.ts';
import { gitIn, openWorld, type World } from './testing/world.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.remove());

/** Takes a commit out; gives the files, and what was said. */
async function takeOut(commit: string): Promise<{ files: string[]; said: string[] }> {
  const directory = await openBuildDirectory(world.home.builds, 'shop', commit, null);
  const said: string[] = [];
  const { repositories } = world.home;
  const { signal } = new AbortController();
  try {
    await checkout({ repositories, project: 'shop', commit, directory, signal, onLine: (line) => said.push(line) });
    return { files: (await readdir(directory.source, { recursive: true })).sort(), said };
  } finally {
    await closeBuildDirectory(directory);
  }
}

test('what of a commit is not written is said, each time', async () => {
  gitIn(world.repository, 'commit', '--quiet', '--allow-empty', '-m', 'first');
  const other = gitIn(world.repository, 'rev-parse', 'HEAD').trim();
  gitIn(world.repository, 'update-index', '--add', '--cacheinfo', `160000,${other},vendor/lib`);
  await mkdir(join(world.repository, 'vendor/lib'), { recursive: true });
  const commit = await world.ship({ 'ä/.gitattributes': '*.bin filter=lfs\n', 'ä/a.bin': 'pointer', 'b/c': '1' });
  const told = {
    files: ['b', 'b/c', 'vendor', 'vendor/lib', 'ä', 'ä/.gitattributes', 'ä/a.bin'],
    said: [
      'note: the submodule vendor/lib is left empty; Kova builds one repository',
      expect.stringMatching(/^note: .*a\.bin.* and other Git LFS files are pointers in this build/),
    ],
  };
  expect(await takeOut(commit)).toEqual(told);
  expect(await takeOut(commit)).toEqual(told);
});

test('of a usual commit nothing is said; of one that nobody has sent, that', async () => {
  expect(await takeOut(await world.ship({ a: '1' }))).toEqual({ files: ['a'], said: [] });
  await expect(takeOut('0'.repeat(40))).rejects.toMatchObject({ code: 'COMMIT_NOT_FOUND' });
});
