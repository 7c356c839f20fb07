import { constants } from 'node:fs';
import { chown, copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Identity } from '../../../home/unprivileged.ts';

/**
 * Copies a tree of directories and files for `owner`; shares blocks where the file system can.
 * A directory is handed over when it is complete: until then its new owner cannot put links in the way.
 */
export async function cloneTree(source: string, target: string, owner: Identity | null): Promise<void> {
  await mkdir(target, { mode: 0o700 });
  const entries = await readdir(source, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const from = join(source, entry.name);
      const to = join(target, entry.name);
      if (entry.isDirectory()) return cloneTree(from, to, owner);
      await copyFile(from, to, constants.COPYFILE_FICLONE);
      await give(to, owner);
    }),
  );
  await give(target, owner);
}

export async function give(path: string, owner: Identity | null): Promise<void> {
  if (owner) await chown(path, owner.uid, owner.gid);
}
