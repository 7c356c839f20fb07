import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linkTree } from './link-tree.ts';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'kova-link-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

test('files have a second place that takes no room, and stay there when the first is gone', async () => {
  const [from, to] = [join(base, 'from'), join(base, 'deep/to')];
  await mkdir(join(from, 'reports'), { recursive: true });
  await writeFile(join(from, 'reports/unit.xml'), '<x/>');
  await linkTree(from, to);
  expect((await stat(join(to, 'reports/unit.xml'))).ino).toBe((await stat(join(from, 'reports/unit.xml'))).ino);
  await rm(from, { recursive: true });
  expect(await readFile(join(to, 'reports/unit.xml'), 'utf8')).toBe('<x/>');
});

test('what lies there already stays, and of nothing there is nothing', async () => {
  const [from, to] = [join(base, 'from'), join(base, 'to')];
  await mkdir(from);
  await mkdir(to);
  await writeFile(join(from, 'a'), 'new');
  await writeFile(join(to, 'a'), 'there');
  await linkTree(from, to);
  await linkTree(join(base, 'none'), join(base, 'not'));
  expect(await readFile(join(to, 'a'), 'utf8')).toBe('there');
  expect(await readdir(base)).toEqual(['from', 'to']);
});
