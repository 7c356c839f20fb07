import { symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isReachable } from '../home/reachable.ts';
import type { Identity } from '../home/unprivileged.ts';

/**
 * Puts `kova-check` beside Node and npm, for the jobs that run it. Returns why they cannot: it is too large to be copied
 * to where `as` could reach it.
 */
export async function linkChecks(bin: string, as: Identity | null): Promise<string | null> {
  const directory = dirname(fileURLToPath(import.meta.resolve('@kova/checks/package.json')));
  if (!(await isReachable(directory, as))) {
    return `kova-check lies in ${directory}, which the user ${as?.name} cannot enter; install Kova where others may read`;
  }
  await symlink(join(directory, 'bin/kova-check.js'), join(bin, 'kova-check')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return null;
}
