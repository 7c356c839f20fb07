import { link, lstat, mkdir, readdir, readlink, realpath, rm, symlink } from 'node:fs/promises';
import { basename, join, posix, sep } from 'node:path';
import type { AppConfig } from '@kova/core/config/schema';
import { KovaError } from '@kova/core/errors/kova-error';

/**
 * Gathers what of the built checkout goes into the artefact; a later entry overlays an earlier one.
 * Files are linked, not copied. Links are kept as they are: packing refuses those that lead out.
 * @throws KovaError BUILD_FAILED when a path is missing that is not optional, ARTEFACT_UNSAFE when one leads out
 */
export async function stageOutput(source: string, stage: string, output: AppConfig['output']): Promise<void> {
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
    await makeDirectories(stage, posix.dirname(posix.normalize(target)));
    await overlay(path, join(stage, target));
  }
}

/** Makes the directories on the way one by one, so that no link among them is followed. */
async function makeDirectories(stage: string, path: string): Promise<void> {
  let at = stage;
  for (const name of path.split('/').filter((part) => part !== '.' && part !== '')) {
    at = join(at, name);
    await makeDirectory(at);
  }
}

async function makeDirectory(path: string): Promise<void> {
  const there = await lstat(path).catch(() => null);
  if (there?.isDirectory()) return;
  if (there) await rm(path);
  await mkdir(path);
}

async function overlay(source: string, target: string): Promise<void> {
  const stats = await lstat(source);
  if (stats.isDirectory()) {
    await makeDirectory(target);
    for (const name of await readdir(source)) await overlay(join(source, name), join(target, name));
    return;
  }
  await rm(target, { recursive: true, force: true });
  if (stats.isSymbolicLink()) await symlink(await readlink(source), target);
  else await link(source, target);
}
