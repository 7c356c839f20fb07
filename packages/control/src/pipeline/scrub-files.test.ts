import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '@kova/core/secret';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHome } from '../testing/home.ts';
import { scrubFiles } from './scrub-files.ts';

let made: Awaited<ReturnType<typeof makeHome>>;
beforeAll(async () => {
  made = await makeHome();
});
afterAll(() => made.remove());

test('secrets are blotted out of files byte for byte, wherever the pieces are cut; others are not touched', async () => {
  const directory = join(made.home.root, 'files');
  await mkdir(join(directory, 'deep'), { recursive: true });
  const secret = 'sentinel-é-1234';
  const places = [0, 100, (1 << 18) - 7, (1 << 19) - 1, 1_000_000];
  const bytes = Buffer.alloc(1_000_100, 0xff);
  for (const place of places) bytes.write(secret, place);
  await writeFile(join(directory, 'deep/binary'), bytes);
  await writeFile(
    join(directory, 'report.xml'),
    `<failure message="${Buffer.from(`a${secret}`).toString('base64')}"/>`,
  );
  await writeFile(join(directory, 'clean'), 'nothing of it');
  const outside = join(made.home.root, 'outside');
  await writeFile(outside, secret);
  await symlink(outside, join(directory, 'link'));
  const found = await scrubFiles(directory, [new Secret(secret)]);
  expect(found.map((path) => path.slice(directory.length + 1)).sort()).toEqual(['deep/binary', 'report.xml']);
  const after = await readFile(join(directory, 'deep/binary'));
  const expected = Buffer.alloc(1_000_100, 0xff);
  for (const place of places) expected.fill('*', place, place + Buffer.byteLength(secret));
  expect(after.equals(expected)).toBe(true);
  expect(await readFile(join(directory, 'report.xml'), 'utf8')).toMatch(/^<failure message=".?.?\*+.?.?=*"\/>$/);
  expect(await readFile(outside, 'utf8')).toBe(secret);
});
