import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { removeLeftoverBuilds } from './directory.ts';
import { discard } from './trash.ts';

let builds: string;

beforeEach(async () => {
  builds = await mkdtemp(join(tmpdir(), 'kova-trash-'));
});
afterEach(() => rm(builds, { recursive: true, force: true }));

async function build(...path: string[]): Promise<string> {
  const root = join(builds, ...path);
  await mkdir(join(root, 'source'), { recursive: true });
  await writeFile(join(root, 'source', 'file'), 'much');
  return root;
}

test('a discarded directory is gone at once, and its files soon', async () => {
  const roots = await Promise.all([build('shop', 'one'), build('shop', 'two')]);
  for (const root of roots) {
    await discard(root);
    expect(existsSync(root)).toBe(false);
  }
  await vi.waitFor(async () => expect(await readdir(join(builds, '.trash'))).toEqual([]), { timeout: 10_000 });
});

test('what a process has not come to remove is removed with its left-over builds', async () => {
  await build('.trash', 'left');
  await removeLeftoverBuilds(builds);
  expect(await readdir(join(builds, '.trash'))).toEqual([]);
});

test('where nothing can be moved aside, it is removed at once', async () => {
  await writeFile(join(builds, '.trash'), 'in the way');
  const root = await build('shop', 'one');
  await discard(root);
  expect(existsSync(root)).toBe(false);
});
