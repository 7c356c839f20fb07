import { constants } from 'node:fs';
import { chmod, copyFile, cp, mkdir, mkdtemp, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isThere } from '../commands/is-there.ts';
import type { Identity } from './unprivileged.ts';

/** Whether `who` may enter every directory on the way to `path`. Looks at the mode bits, not at ACLs. */
export async function isReachable(path: string, who: Identity | null): Promise<boolean> {
  if (who === null) return true;
  const source = await realpath(path);
  const first = (await stat(source)).isDirectory() ? source : dirname(source);
  for (let at = first; ; at = dirname(at)) {
    const { mode, uid, gid } = await stat(at);
    const bit = uid === who.uid ? 0o100 : gid === who.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/**
 * A path to the same program (a file, or a directory with what belongs to it) that `who` can reach: the path itself,
 * or else a copy in `toolchain`, made once. A changed size or time of the original makes a new copy.
 */
export async function reachableCopy(path: string, toolchain: string, who: Identity | null): Promise<string> {
  const source = await realpath(path);
  if (await isReachable(source, who)) return source;
  const { size, mtimeMs } = await stat(source);
  const holder = join(toolchain, `${basename(source)}-${size}-${Math.round(mtimeMs)}`);
  const target = join(holder, basename(source));
  if (!(await isThere(target))) await copyAtomically(source, holder);
  return target;
}

async function copyAtomically(source: string, holder: string): Promise<void> {
  const mode = constants.COPYFILE_FICLONE;
  const isDirectory = (await stat(source)).isDirectory();
  await fillOnce(holder, async (draft) => {
    const target = join(draft, basename(source));
    if (isDirectory) await cp(source, target, { recursive: true, mode, verbatimSymlinks: true });
    else await copyFile(source, target, mode);
    await chmod(draft, 0o711);
  });
}

/** Makes a directory that is there with all that `fill` puts into it, or not at all; the first of several stays. */
export async function fillOnce(holder: string, fill: (draft: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(holder), { recursive: true, mode: 0o711 });
  const draft = await mkdtemp(`${holder}.draft-`);
  try {
    await fill(draft);
    await rename(draft, holder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
