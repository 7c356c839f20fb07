import { chmod, mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../../commands/run.ts';
import type { Home } from '../../home/home.ts';
import { appIdentity } from '../../home/unprivileged.ts';
import { makeHome } from '../../testing/home.ts';
import { offerChecks } from './checks.ts';

const isRoot = process.getuid?.() === 0;
let home: Home;
let remove: () => Promise<void>;
/** A checkout with the checks as a workspace, in a directory that its owner alone may enter. */
let closed: string;
let bin: string;

beforeEach(async () => {
  ({ home, remove } = await makeHome());
  closed = await mkdtemp(join(tmpdir(), 'kova-closed-'));
  bin = join(home.toolchain, 'bin');
  await mkdir(bin, { recursive: true });
  await write(
    'packages/checks/package.json',
    '{ "dependencies": { "word": "1", "@kova/core": "1", "elsewhere": "1" } }',
  );
  await write(
    'packages/checks/bin/kova-check.js',
    `#!/bin/sh\nexec cat "$(dirname "$(realpath "$0")")/../../../node_modules/@kova/core/words"\n`,
  );
  await write('packages/core/words', 'of today');
  await write('packages/core/package.json', '{ "peerDependencies": { "word": "1" } }');
  await write('packages/core/node_modules/.cache/much', 'that nobody needs');
  await write('node_modules/word/package.json', '{ "name": "word" }');
  await write('node_modules/other/package.json', '{ "name": "other" }');
  await mkdir(join(closed, 'node_modules/@kova'));
  await symlink('../../packages/core', join(closed, 'node_modules/@kova/core'));
});
afterEach(async () => {
  await remove();
  await rm(closed, { recursive: true, force: true });
});

async function write(path: string, text: string) {
  await mkdir(dirname(join(closed, path)), { recursive: true });
  await writeFile(join(closed, path), text, { mode: path.endsWith('.js') ? 0o700 : 0o600 });
}

const offer = () =>
  offerChecks({ bin, toolchain: home.toolchain, as: appIdentity(), directory: join(closed, 'packages/checks') });
const copies = async () => (await readdir(home.toolchain)).filter((name) => name.startsWith('checks-'));

/** What `kova-check` prints when a job of the unprivileged user runs it. */
async function printed(): Promise<string> {
  const program = join(bin, 'kova-check');
  const env = { PATH: '/usr/bin:/bin' };
  const { tail } = await run({ argv: [program], cwd: '/', env, as: appIdentity(), timeoutMs: 10_000 });
  return tail.join('\n');
}

test.skipIf(!isRoot)('where jobs cannot enter the checkout they run a copy, made when the first one asks', async () => {
  const bring = await offer();
  expect(await copies()).toEqual([]);
  await Promise.all([bring(), bring()]);
  expect(await printed()).toBe('of today');
  const [copy = ''] = await copies();
  const inside = await readdir(join(home.toolchain, copy), { recursive: true });
  expect(inside).toContain('node_modules/word/package.json');
  expect(inside).not.toContain('node_modules/other');
});

test.skipIf(!isRoot)('nobody but root can change the copy', async () => {
  await chmod(join(closed, 'packages/core/words'), 0o666);
  await (await offer())();
  const [copy = ''] = await copies();
  const argv = ['find', join(home.toolchain, copy), '-not', '-type', 'l', '-writable'];
  const { tail } = await run({ argv, cwd: '/', env: { PATH: '/usr/bin' }, as: appIdentity(), timeoutMs: 10_000 });
  expect(tail).toEqual([]);
});

test.skipIf(!isRoot)('a later start uses the copy again; what was changed makes a new one in its place', async () => {
  await (await offer())();
  const first = await copies();
  await (await offer())();
  expect(await copies()).toEqual(first);
  await write('packages/core/words', 'of tomorrow');
  await (await offer())();
  expect(await printed()).toBe('of tomorrow');
  const second = await copies();
  expect(second).toHaveLength(1);
  expect(second).not.toEqual(first);
});

test('where they can enter it they run what is installed, and nothing is copied', async () => {
  await chmod(closed, 0o755);
  await (await offer())();
  expect(await readlink(join(bin, 'kova-check'))).toBe(join(closed, 'packages/checks/bin/kova-check.js'));
  expect(await copies()).toEqual([]);
});
