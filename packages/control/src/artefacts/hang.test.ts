import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createArtefacts } from './artefacts.ts';
import { pathOf } from './digest.ts';

// https://github.com/basecamp/kamal/issues/1587
test('a store that hung and wakes up when nobody waits any more changes nothing', async () => {
  const base = await mkdtemp(join(tmpdir(), 'kova-artefacts-'));
  const artefacts = createArtefacts(join(base, 'store'));
  await mkdir(join(base, 'built'));
  await writeFile(join(base, 'built/file'), 'new');
  const { digest } = await artefacts.pack(join(base, 'built'));
  const target = join(base, 'slots/blue');
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'file'), 'old');
  // A pipe that nobody writes to, as a file on a dead disk.
  const file = pathOf(join(base, 'store'), digest);
  await rename(file, `${file}.kept`);
  execFileSync('mkfifo', [file]);
  const stop = new AbortController();
  const unpacking = artefacts.unpack(digest, target, { signal: stop.signal });
  stop.abort(new Error('too late'));
  await writeFile(file, await readFile(`${file}.kept`));
  await expect(unpacking).rejects.toThrow('too late');
  expect(await readFile(join(target, 'file'), 'utf8')).toBe('old');
  expect(await readdir(join(base, 'slots'))).toEqual(['blue']);
  await rm(base, { recursive: true });
});
