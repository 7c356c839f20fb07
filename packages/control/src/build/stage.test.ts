import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appIdentity } from '../home/unprivileged.ts';
import { stageOutput } from './stage.ts';

let base: string;
let source: string;
let stage: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'kova-stage-'));
  source = join(base, 'source');
  stage = join(base, 'stage');
  await mkdir(stage);
  const files = [
    '.next/standalone/server.js',
    '.next/standalone/public/old.txt',
    '.next/static/a.js',
    'public/logo.svg',
    'a.js',
  ];
  for (const path of files) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), path);
  }
});
afterEach(() => rm(base, { recursive: true, force: true }));

const entry = (from: string, to = '.', optional = false) => ({ from, to, optional });
const staged = async () => (await readdir(stage, { recursive: true })).sort();

test('entries are overlaid in their order, the checkout keeps its files', async () => {
  await stageOutput(source, stage, [
    entry('.next/standalone'),
    entry('.next/static', '.next/static'),
    entry('public', 'public', true),
    entry('nowhere', 'x', true),
    entry('a.js', 'server.js'),
    entry('a.js'),
  ]);
  expect(await staged()).toEqual([
    '.next',
    '.next/static',
    '.next/static/a.js',
    'a.js',
    'public',
    'public/logo.svg',
    'public/old.txt',
    'server.js',
  ]);
  expect(await readFile(join(stage, 'server.js'), 'utf8')).toBe('a.js');
  expect(await readFile(join(source, '.next/standalone/server.js'), 'utf8')).toBe('.next/standalone/server.js');
});

test('links stay links; one as the entry itself is followed', async () => {
  await symlink('a.js', join(source, 'link.js'));
  await symlink('.next', join(source, 'built'));
  await stageOutput(source, stage, [entry('link.js', 'copy.js'), entry('built', 'dir'), entry('.', 'all')]);
  expect(await readFile(join(stage, 'copy.js'), 'utf8')).toBe('a.js');
  expect(await readFile(join(stage, 'dir/static/a.js'), 'utf8')).toBe('.next/static/a.js');
  expect(await readlink(join(stage, 'all/link.js'))).toBe('a.js');
});

test('a missing entry that is not optional fails the build', async () => {
  await expect(stageOutput(source, stage, [entry('nowhere')])).rejects.toMatchObject({ code: 'BUILD_FAILED' });
});

test.each(['/etc', '../outside'])('an entry that is a link to %s is refused', async (to) => {
  await mkdir(join(base, 'outside'));
  await symlink(to, join(source, 'evil'));
  await expect(stageOutput(source, stage, [entry('evil')])).rejects.toMatchObject({ code: 'ARTEFACT_UNSAFE' });
  await expect(stageOutput(source, stage, [entry('evil', '.', true)])).rejects.toMatchObject({
    code: 'ARTEFACT_UNSAFE',
  });
});

test('nothing is written through a link that an earlier entry has brought', async () => {
  await mkdir(join(base, 'outside'));
  await symlink(join(base, 'outside'), join(source, '.next/standalone/public2'));
  await stageOutput(source, stage, [
    entry('.next/standalone'),
    entry('public', 'public2'),
    entry('a.js', 'public2/b/c.js'),
  ]);
  expect(await readdir(join(base, 'outside'))).toEqual([]);
  expect(await readFile(join(stage, 'public2/b/c.js'), 'utf8')).toBe('a.js');
});

test("files stay their owner's, who may share them with others; new directories are for who runs the app", async () => {
  const as = appIdentity();
  const who = as ? as.uid : process.getuid?.();
  const before = await stat(join(source, '.next/standalone/server.js'));
  await stageOutput(source, stage, [entry('.next/standalone', 'app/here')], as);
  expect(await stat(join(stage, 'app/here/server.js'))).toMatchObject({ ino: before.ino, uid: before.uid });
  for (const made of ['app', 'app/here', 'app/here/public']) {
    expect(await stat(join(stage, made))).toMatchObject({ uid: who });
  }
});
