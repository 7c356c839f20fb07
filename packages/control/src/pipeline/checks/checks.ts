import { mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isReachable } from '../../home/reachable.ts';
import type { Identity } from '../../home/unprivileged.ts';
import { copyOfPackage } from './copy.ts';

/** Where `kova-check` comes from, and whom it is for. */
export interface ChecksOptions {
  /** The directory on the PATH of jobs. */
  bin: string;
  toolchain: string;
  as: Identity | null;
  /** Of the package; the installed one by default. */
  directory?: string;
}

/**
 * `kova-check` for the jobs that run it, beside Node and npm.
 * @returns what has to be awaited before a job that names it. Where `as` cannot enter what is installed, that takes
 * seconds and 260 MB the first time, as it is copied with all that it needs
 */
export async function offerChecks(options: ChecksOptions): Promise<() => Promise<void>> {
  const { bin, toolchain, as, directory = installed() } = options;
  if (await isReachable(directory, as)) {
    await link(directory, bin);
    return async () => {};
  }
  let copied: Promise<void> | undefined;
  return () => {
    copied ??= copyOfPackage(directory, toolchain).then((copy) => link(copy, bin));
    copied.catch(() => {
      copied = undefined;
    });
    return copied;
  };
}

function installed(): string {
  return dirname(fileURLToPath(import.meta.resolve('@kova/checks/package.json')));
}

/** In place of a link to where it was before. */
async function link(directory: string, bin: string): Promise<void> {
  const draft = await mkdtemp(join(bin, '.draft-'));
  await symlink(join(directory, 'bin/kova-check.js'), join(draft, 'kova-check'));
  await rename(join(draft, 'kova-check'), join(bin, 'kova-check'));
  await rm(draft, { recursive: true, force: true });
}
