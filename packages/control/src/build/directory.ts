import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { explainDiskFull } from '../artefacts/disk-full.ts';
import { removeCgroup } from '../commands/confine/cgroup.ts';
import { killStrays, type Mark } from '../commands/strays.ts';
import { isReachable } from '../home/reachable.ts';
import type { Identity } from '../home/unprivileged.ts';
import { buildIdentity } from './ids.ts';
import { isLeftOver, readOwner, writeOwner } from './owner.ts';
import { removeTree } from './remove-tree.ts';
import { discard, emptyTrash } from './trash.ts';

/** Where one build takes place, `<builds>/<project>/<start of the commit>-<random>`, and as whom. */
export interface BuildDirectory {
  root: string;
  /** The checkout; with `home` and `tmp` it belongs to the user that builds. */
  source: string;
  home: string;
  tmp: string;
  /** What Kova hands to the build, which cannot change it. */
  driver: string;
  /** What goes into the artefact. */
  stage: string;
  id: string;
  as: Identity | null;
}

/** @throws KovaError HOME_UNREACHABLE when the user that builds cannot get there */
export async function openBuildDirectory(
  builds: string,
  project: string,
  commit: string,
  user: Identity | null,
): Promise<BuildDirectory> {
  // Short, since sockets below it may have paths of 107 bytes only: a browser puts one into its temporary directory.
  const id = `${commit.slice(0, 10)}-${randomBytes(4).toString('hex')}`;
  const root = join(builds, project, id);
  const at = (name: string) => join(root, name);
  const directory: BuildDirectory = {
    root,
    source: at('source'),
    home: at('home'),
    tmp: at('tmp'),
    driver: at('driver'),
    stage: at('stage'),
    id,
    as: buildIdentity(user),
  };
  try {
    await makeDirectories(directory);
    if (await isReachable(root, directory.as)) return directory;
    throw new KovaError('HOME_UNREACHABLE', `the user ${user?.name} that builds run as cannot enter ${builds}`);
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    throw explainDiskFull(error, 'preparing a build', builds);
  }
}

async function makeDirectories({ root, source, home, tmp, driver, stage, as }: BuildDirectory): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o711 });
  await writeOwner(root, as ? { uid: as.uid, gid: as.gid } : undefined);
  await mkdir(driver, { mode: 0o755 });
  await mkdir(stage, { mode: 0o700 });
  for (const path of [source, home, tmp]) {
    await mkdir(path, { mode: 0o700 });
    if (as) await chown(path, as.uid, as.gid);
  }
}

/** Ends all that the build has started and shuts the door: what lies there now changes no more. */
export async function sealBuildDirectory(directory: BuildDirectory): Promise<void> {
  await chmod(directory.root, 0o700);
  await killStrays(markOf(directory));
}

/** Removes the directory, after all processes of the build. */
export async function closeBuildDirectory(directory: BuildDirectory): Promise<void> {
  await killStrays(markOf(directory));
  await discard(directory.root);
}

/**
 * Ends and removes the builds whose process has died; those of a living one, and the npm cache, stay.
 * Returns how many there were.
 */
export async function removeLeftoverBuilds(builds: string): Promise<number> {
  const ended = await endLeftoverBuilds(builds);
  for (const root of ended) await removeTree(root);
  await emptyTrash(builds);
  return ended.length;
}

/** Ends the builds whose process has died: nothing of them runs any more when this returns. Gives their directories. */
export async function endLeftoverBuilds(builds: string): Promise<string[]> {
  const ended: string[] = [];
  for (const project of await subdirectories(builds)) {
    for (const id of await subdirectories(join(builds, project))) {
      const root = join(builds, project, id);
      const owner = await readOwner(root);
      if (!(await isLeftOver(root, owner))) continue;
      await killStrays({ variable: `KOVA_BUILD_ID=${id}`, directory: root, ...(owner?.ids ? { ids: owner.ids } : {}) });
      await removeCgroup(id);
      ended.push(root);
    }
  }
  return ended;
}

function markOf({ id, root, as }: BuildDirectory): Mark {
  return { variable: `KOVA_BUILD_ID=${id}`, directory: root, ...(as ? { ids: { uid: as.uid, gid: as.gid } } : {}) };
}

async function subdirectories(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name);
}
