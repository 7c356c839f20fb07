import { chown, link, lstat, mkdir, readdir, readlink, realpath, rm, symlink } from 'node:fs/promises';
import { basename, join, posix, sep } from 'node:path';
import type { AppConfig } from '@kova/core/config/schema';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Identity } from '../home/unprivileged.ts';

/**
 * Gathers what of the built checkout goes into the artefact; a later entry overlays an earlier one.
 * Files are linked, not copied, and stay their owner's: what is installed is shared with other jobs. Links are kept as
 * they are: packing refuses those that lead out. New directories are given to `owner`.
 * @throws KovaError BUILD_FAILED when a path is missing that is not optional, ARTEFACT_UNSAFE when one leads out
 */
export async function stageOutput(
  source: string,
  stage: string,
  output: AppConfig['output'],
  owner: Identity | null = null,
): Promise<void> {
  const root = await realpath(source);
  for (const { from, to, optional } of output) {
    const path = await realpath(join(root, from)).catch(() => null);
    if (path === null && optional) continue;
    if (path === null) throw new KovaError('BUILD_FAILED', `app.output names ${from}, which the build has not made`);
    if (path !== root && !path.startsWith(root + sep)) {
      throw new KovaError('ARTEFACT_UNSAFE', `app.output names ${from}, which leads out of the repository`);
    }
    const isDirectory = (await lstat(path)).isDirectory();
    const target = isDirectory || !/^\.?$|\/$/.test(to) ? to : posix.join(to, basename(from));
    await makeDirectories(stage, posix.dirname(posix.normalize(target)), owner);
    await (isDirectory ? overlay(path, join(stage, target), owner) : place(path, join(stage, target), false));
  }
}

/** Makes the directories on the way one by one, so that no link among them is followed. */
async function makeDirectories(stage: string, path: string, owner: Identity | null): Promise<void> {
  let at = stage;
  for (const name of path.split('/').filter((part) => part !== '.' && part !== '')) {
    at = join(at, name);
    await makeDirectory(at, owner);
  }
}

async function makeDirectory(path: string, owner: Identity | null): Promise<void> {
  const there = await lstat(path).catch(() => null);
  if (there?.isDirectory()) return;
  if (there) await rm(path);
  await mkdir(path);
  if (owner) await chown(path, owner.uid, owner.gid);
}

async function overlay(source: string, target: string, owner: Identity | null): Promise<void> {
  await makeDirectory(target, owner);
  const entries = await readdir(source, { withFileTypes: true });
  await Promise.all(
    entries.map((entry) => {
      const [from, to] = [join(source, entry.name), join(target, entry.name)];
      return entry.isDirectory() ? overlay(from, to, owner) : place(from, to, entry.isSymbolicLink());
    }),
  );
}

/** Puts a file or a link in place of what is there. */
async function place(source: string, target: string, isLink: boolean): Promise<void> {
  const put = async () => (isLink ? symlink(await readlink(source), target) : link(source, target));
  await put().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    await rm(target, { recursive: true });
    await put();
  });
}
