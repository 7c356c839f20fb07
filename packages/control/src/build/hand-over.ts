import { lchown, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Identity } from '../home/unprivileged.ts';

/** Gives a directory and all in it to a user; links are not followed. */
export async function handOver(path: string, to: Identity | null): Promise<void> {
  if (to === null) return;
  await lchown(path, to.uid, to.gid);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) await handOver(below, to);
    else await lchown(below, to.uid, to.gid);
  }
}
