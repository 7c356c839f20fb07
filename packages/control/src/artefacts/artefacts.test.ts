import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmod,
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { Header } from 'tar';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createArtefacts } from './artefacts.ts';
import { pathOf } from './digest.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let base: string;
let store: string;
let target: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'kova-artefacts-'));
  store = join(base, 'store');
  target = join(base, 'slots', 'blue');
});

afterEach(() => rm(base, { recursive: true, force: true }));

async function write(path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, mode);
}

/** Something like the output of a build: scoped packages, links, an executable, a long name. */
async function makeRelease(name: string): Promise<string> {
  const at = join(base, name);
  await write(join(at, 'server.js'), 'console.log(1)');
  await write(join(at, '@scope/index.js'), 'scoped');
  await write(join(at, 'node_modules/.pnpm/pg@8/node_modules/pg/cli.js'), '#!/usr/bin/env node', 0o755);
  await write(join(at, `${'deep/'.repeat(40)}${'x'.repeat(120)}.js`), 'deep');
  await write(join(at, 'ümläut ☃.txt'), 'text');
  await mkdir(join(at, 'empty'));
  await symlink('.pnpm/pg@8/node_modules/pg', join(at, 'node_modules/pg'));
  await mkdir(join(at, 'node_modules/.bin'));
  await symlink('../pg/cli.js', join(at, 'node_modules/.bin/pg'));
  return at;
}

/** Puts any bytes into the store under their own digest. */
async function plant(bytes: Buffer): Promise<string> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  await mkdir(dirname(pathOf(store, digest)), { recursive: true });
  await writeFile(pathOf(store, digest), bytes);
  return digest;
}

function tarOf(...entries: Array<ConstructorParameters<typeof Header>[0] & object>): Buffer {
  const blocks = entries.map((entry) => {
    const header = new Header({ mode: 0o644, size: 0, ...entry } as never);
    header.encode();
    return header.block as Buffer;
  });
  return zstdCompressSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

test('what was packed comes back: contents, links, which files can be executed', async () => {
  const artefacts = createArtefacts(store);
  const { digest, bytes } = await artefacts.pack(await makeRelease('release'));
  await artefacts.unpack(digest, target);
  expect(bytes).toBe((await stat(pathOf(store, digest))).size);
  expect((await readdir(target, { recursive: true })).sort()).toEqual(
    (await readdir(join(base, 'release'), { recursive: true })).sort(),
  );
  expect(await readFile(join(target, 'node_modules/.bin/pg'), 'utf8')).toContain('env node');
  expect(await readlink(join(target, 'node_modules/pg'))).toBe('.pnpm/pg@8/node_modules/pg');
  expect((await stat(join(target, 'node_modules/.bin/pg'))).mode & 0o7777).toBe(0o755);
  expect((await stat(join(target, 'server.js'))).mode & 0o7777).toBe(0o644);
  expect((await stat(join(target, 'server.js'))).uid).toBe(process.getuid?.());
});

test('a part of it is unpacked alone, to its own path, and the whole must match its digest', async () => {
  const artefacts = createArtefacts(store);
  const { digest } = await artefacts.pack(await makeRelease('release'));
  await artefacts.unpack(digest, target, { only: './node_modules/.bin' });
  expect((await readdir(target, { recursive: true })).sort()).toEqual([
    'node_modules',
    'node_modules/.bin',
    'node_modules/.bin/pg',
  ]);
  const bytes = await readFile(pathOf(store, digest));
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(pathOf(store, digest), bytes);
  const again = artefacts.unpack(digest, target, { only: 'node_modules/.bin' });
  await expect(again).rejects.toMatchObject({ code: 'ARTEFACT_CORRUPT' });
});

test('what is not taken of an archive is checked all the same', async () => {
  const digest = await plant(
    tarOf({ path: 'assets/a', type: 'File' }, { path: 'a', type: 'SymbolicLink', linkpath: '/etc/passwd' }),
  );
  const unpacking = createArtefacts(store).unpack(digest, target, { only: 'assets' });
  await expect(unpacking).rejects.toMatchObject({ code: 'ARTEFACT_UNSAFE' });
});

test('the mask of the process does not make files unreadable for the app', async () => {
  const before = process.umask(0o077);
  try {
    const artefacts = createArtefacts(store);
    const { digest } = await artefacts.pack(await makeRelease('release'));
    await artefacts.unpack(digest, target);
    expect((await stat(target)).mode & 0o7777).toBe(0o755);
    expect((await stat(join(target, 'empty'))).mode & 0o7777).toBe(0o755);
    expect((await stat(join(target, 'server.js'))).mode & 0o7777).toBe(0o644);
  } finally {
    process.umask(before);
  }
});

test('the same content has the same digest, whatever its times, order, owners, modes and inodes', async () => {
  const one = join(base, 'one');
  const two = join(base, 'two');
  for (const name of ['a', 'b', 'c/d']) await write(join(one, name), `content ${name.at(-1) === 'b' ? 'a' : name}`);
  for (const name of ['c/d', 'a']) await write(join(two, name), `content ${name}`, 0o600);
  await link(join(two, 'a'), join(two, 'b'));
  await utimes(join(two, 'a'), 1, 2);
  await chmod(join(two, 'c'), 0o700);
  const artefacts = createArtefacts(store);
  const first = await artefacts.pack(one);
  expect(await artefacts.pack(two)).toEqual(first);
  await chmod(join(two, 'a'), 0o755);
  expect((await artefacts.pack(two)).digest).not.toBe(first.digest);
  expect(await readdir(join(store, 'drafts'))).toEqual([]);
});

test('the same content has the same digest, however its bytes come to be read', async () => {
  const large = join(base, 'large');
  for (const [name, size] of Object.entries({ a: 1, b: 131_072, c: 700_001, 'd/e': 0 })) {
    await write(join(large, name), name.repeat(size));
  }
  const artefacts = createArtefacts(store);
  const packed = await Promise.all(Array.from({ length: 15 }, () => artefacts.pack(large)));
  for (let i = 0; i < 15; i += 1) packed.push(await artefacts.pack(large));
  expect(new Set(packed.map(({ digest }) => digest)).size).toBe(1);
  await write(join(base, 'tiny/server.js'), '1');
  const tiny = await Promise.all(Array.from({ length: 15 }, () => artefacts.pack(join(base, 'tiny'))));
  for (let i = 0; i < 60; i += 1) tiny.push(await artefacts.pack(join(base, 'tiny')));
  expect(new Set(tiny.map(({ digest }) => digest)).size).toBe(1);
});

test('an empty directory is an artefact, too', async () => {
  const artefacts = createArtefacts(store);
  await mkdir(join(base, 'nothing'));
  await artefacts.unpack((await artefacts.pack(join(base, 'nothing'))).digest, target);
  expect(await readdir(target)).toEqual([]);
});

test('unpacking replaces the whole of what was there, and what a crash left beside it', async () => {
  const artefacts = createArtefacts(store);
  await write(join(target, 'old.js'), 'old');
  await write(join(base, 'slots/.blue.draft-1/half.js'), 'half');
  const { digest } = await artefacts.pack(await makeRelease('release'));
  await artefacts.unpack(digest, target);
  await expect(stat(join(target, 'old.js'))).rejects.toThrow('ENOENT');
  expect(await readdir(join(base, 'slots'))).toEqual(['blue']);
});

test.each([
  ['one byte is flipped', async (path: string) => flipByte(path)],
  ['the end is missing', async (path: string) => truncate(path, (await stat(path)).size - 10)],
  ['it is empty', (path: string) => truncate(path, 0)],
])('an artefact is corrupt when %s; what was unpacked before stays', async (_name, damage) => {
  const artefacts = createArtefacts(store);
  const { digest } = await artefacts.pack(await makeRelease('release'));
  await artefacts.unpack(digest, target);
  await damage(pathOf(store, digest));
  await expect(artefacts.unpack(digest, target)).rejects.toMatchObject({ code: 'ARTEFACT_CORRUPT' });
  expect(await readFile(join(target, 'server.js'), 'utf8')).toBe('console.log(1)');
  expect(await readdir(join(base, 'slots'))).toEqual(['blue']);
});

test('an artefact that holds the bytes of another is corrupt', async () => {
  const artefacts = createArtefacts(store);
  const { digest } = await artefacts.pack(await makeRelease('release'));
  await write(join(base, 'other/server.js'), 'another');
  await copyFile(pathOf(store, (await artefacts.pack(join(base, 'other'))).digest), pathOf(store, digest));
  await expect(artefacts.unpack(digest, target)).rejects.toMatchObject({ code: 'ARTEFACT_CORRUPT' });
  expect(await artefacts.has(digest)).toBe(false);
});

async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  await writeFile(path, bytes);
}

test.each([
  ['not compressed', Buffer.from('no archive at all'.repeat(100))],
  ['compressed, but no tar', zstdCompressSync(Buffer.alloc(4096, 'x'))],
  ['cut within the compressed stream', tarOf({ path: 'a', type: 'File' }).subarray(0, -8)],
  ['cut within a file', zstdCompressSync(headerOnly({ path: 'a', type: 'File', size: 9000 }))],
])('bytes under their own digest that are no archive are corrupt: %s', async (_name, bytes) => {
  await write(join(target, 'old.js'), 'old');
  const digest = await plant(bytes);
  await expect(createArtefacts(store).unpack(digest, target)).rejects.toMatchObject({ code: 'ARTEFACT_CORRUPT' });
  expect(await readdir(target)).toEqual(['old.js']);
});

function headerOnly(entry: object): Buffer {
  const header = new Header({ mode: 0o644, ...entry } as never);
  header.encode();
  return header.block as Buffer;
}

test.each([
  ['an absolute path', tarOf({ path: '/etc/evil', type: 'File' })],
  ['a path upwards', tarOf({ path: 'a/../../evil', type: 'File' })],
  ['an absolute link', tarOf({ path: 'a', type: 'SymbolicLink', linkpath: '/etc/passwd' })],
  ['a link that leads out', tarOf({ path: 'a', type: 'SymbolicLink', linkpath: '../../evil' })],
  [
    'a link that leads out by way of another',
    tarOf(
      { path: 'a', type: 'Directory', mode: 0o755 },
      { path: 'a/b', type: 'Directory', mode: 0o755 },
      { path: 'top', type: 'SymbolicLink', linkpath: 'a/b' },
      { path: 'b', type: 'SymbolicLink', linkpath: 'top/../../../evil' },
    ),
  ],
  ['a file below a link', tarOf({ path: 'a', type: 'SymbolicLink', linkpath: 'b' }, { path: 'a/evil', type: 'File' })],
  ['a hard link', tarOf({ path: 'a', type: 'Link', linkpath: 'b' })],
  ['a device', tarOf({ path: 'a', type: 'CharacterDevice' })],
  ['a pipe', tarOf({ path: 'a', type: 'FIFO' })],
  ['a setuid file', tarOf({ path: 'a', type: 'File', mode: 0o4755 })],
])('an archive with %s is refused and nothing is replaced', async (_name, bytes) => {
  await write(join(target, 'old.js'), 'old');
  const digest = await plant(bytes);
  await expect(createArtefacts(store).unpack(digest, target)).rejects.toMatchObject({ code: 'ARTEFACT_UNSAFE' });
  expect(await readdir(target)).toEqual(['old.js']);
  expect(await readdir(join(base, 'slots'))).toEqual(['blue']);
});

test('an archive with too many entries, or larger than allowed when unpacked, is refused', async () => {
  const { digest } = await createArtefacts(store).pack(await makeRelease('release'));
  await write(join(base, 'bomb/zeros'), '\0'.repeat(5_000_000));
  const bomb = await createArtefacts(store).pack(join(base, 'bomb'));
  const refusing = createArtefacts(store, { maxEntries: 5, maxBytes: 1_000_000 });
  expect(bomb.bytes).toBeLessThan(2000);
  await expect(refusing.unpack(digest, target)).rejects.toMatchObject({ code: 'ARTEFACT_UNSAFE' });
  await expect(refusing.unpack(bomb.digest, target)).rejects.toMatchObject({ code: 'ARTEFACT_UNSAFE' });
  expect(await readdir(join(base, 'slots'))).toEqual([]);
});

test.each([
  ['to an absolute path', '/etc/passwd'],
  ['that leads out', '../secret'],
  ['that leads out and points to nothing', '../../nowhere'],
])('a link %s is not packed', async (_name, to) => {
  const release = await makeRelease('release');
  await writeFile(join(base, 'secret'), 'secret');
  await symlink(to, join(release, 'evil'));
  await expect(createArtefacts(store).pack(release)).rejects.toMatchObject({
    code: 'ARTEFACT_UNSAFE',
    message: expect.stringContaining('evil is a link to'),
  });
});

test('a pipe is not packed', async () => {
  const release = await makeRelease('release');
  execFileSync('mkfifo', [join(release, 'pipe')]);
  await expect(createArtefacts(store).pack(release)).rejects.toMatchObject({ code: 'ARTEFACT_UNSAFE' });
});

test('a missing store, a missing artefact and a bad digest are told apart', async () => {
  const artefacts = createArtefacts(store);
  const digest = `sha256:${'0'.repeat(64)}`;
  await expect(artefacts.has(digest)).rejects.toMatchObject({ code: 'ARTEFACTS_UNAVAILABLE' });
  await expect(artefacts.unpack(digest, target)).rejects.toMatchObject({ code: 'ARTEFACTS_UNAVAILABLE' });
  await mkdir(store);
  await expect(artefacts.unpack(digest, target)).rejects.toMatchObject({ code: 'ARTEFACT_MISSING' });
  await expect(artefacts.unpack('sha256:../../etc', target)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});

// Scenario 23: https://github.com/basecamp/kamal/issues/1922
test('a store that is no directory is named when packing', async () => {
  await write(store, 'a file');
  const packing = createArtefacts(store).pack(await makeRelease('release'));
  await expect(packing).rejects.toMatchObject({
    code: 'ARTEFACTS_UNAVAILABLE',
    message: expect.stringContaining(store),
  });
});

test('pruning keeps what is named and what was packed a moment ago', async () => {
  const artefacts = createArtefacts(store);
  const digests: string[] = [];
  for (const version of ['1', '2', '3']) {
    await write(join(base, 'release/version'), version);
    digests.push((await artefacts.pack(join(base, 'release'))).digest);
  }
  const [one, two, three] = digests as [string, string, string];
  for (const digest of [one, two]) await utimes(pathOf(store, digest), 1, 1);
  await write(join(store, 'drafts/left-by-a-crash'), 'half');
  await utimes(join(store, 'drafts/left-by-a-crash'), 1, 1);
  const size = (await stat(pathOf(store, two))).size;
  expect(await artefacts.prune(new Set([one]))).toBe(size + 4);
  expect(await Promise.all(digests.map((digest) => artefacts.has(digest)))).toEqual([true, false, true]);
  expect(await createArtefacts(store, { graceMs: 0 }).prune(new Set([one]))).toBeGreaterThan(0);
  expect(await artefacts.has(three)).toBe(false);
  expect(await readdir(join(store, 'drafts'))).toEqual([]);
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

// Needs root, to mount a small file system that can be filled.
test.skipIf(!canMount)('a full disk is named as such; the old target stays and no draft is left', async () => {
  const release = join(base, 'large');
  await mkdir(release);
  await writeFile(join(release, 'noise'), Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7919) % 251)));
  await writeFile(join(release, 'random'), crypto.getRandomValues(new Uint8Array(65_536)));
  for (let i = 0; i < 40; i += 1) {
    await writeFile(join(release, `random${i}`), crypto.getRandomValues(new Uint8Array(65_536)));
  }
  const { digest } = await createArtefacts(store).pack(release);
  const small = join(base, 'small');
  await mkdir(small);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]);
  try {
    await write(join(small, 'slot/old.js'), 'old');
    await expect(createArtefacts(store).unpack(digest, join(small, 'slot'))).rejects.toMatchObject({
      code: 'DISK_FULL',
    });
    expect(await readdir(join(small, 'slot'))).toEqual(['old.js']);
    expect(await readdir(small)).toEqual(['slot']);
    await expect(createArtefacts(join(small, 'store')).pack(release)).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(await readdir(join(small, 'store/drafts'))).toEqual([]);
  } finally {
    execFileSync('umount', [small]);
  }
});
