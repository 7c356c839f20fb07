import { constants } from 'node:fs';
import { chown, cp, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { tool } from '../../commands/tool.ts';
import type { Identity } from '../../home/unprivileged.ts';

const installed = 'node_modules';
const asItIs = {
  recursive: true,
  verbatimSymlinks: true,
  preserveTimestamps: true,
  mode: constants.COPYFILE_FICLONE,
};

/**
 * Lays a tree out again at a path of a workspace in which nobody works yet. What is installed, at any depth, is many
 * files that nobody changes: those are linked, and cannot be written to; all else is copied, as a job may well write to
 * what another has made. @throws KovaError ARTEFACT_UNSAFE when a link of the checkout is in the way: it could lead anywhere
 */
export async function layOutTree(
  source: string,
  workspace: string,
  path: string,
  as: Identity | null,
  { copyAll = false } = {},
): Promise<void> {
  await makeParents(workspace, path, as);
  const target = join(workspace, path);
  if (!copyAll && path.split('/').includes(installed)) return linkInstalled(source, target, as);
  const within = copyAll ? [] : await installedIn(source);
  await copyTree(source, target, within, as);
  for (const each of within) await linkInstalled(join(source, each), join(target, each), as);
}

async function linkInstalled(source: string, target: string, as: Identity | null): Promise<void> {
  await tool(['cp', '-alf', '-T', source, target]);
  if (as) await tool(['find', target, '-type', 'd', '-exec', 'chown', ownerOf(as), '{}', '+']);
}

/** Those of a file system that shares blocks share them. What lies at one of the paths `without` is passed over. */
async function copyTree(source: string, target: string, without: readonly string[], as: Identity | null) {
  if (without.length === 0) await tool(['cp', '-a', '--reflink=auto', '-T', source, target]);
  else await cp(source, target, { ...asItIs, filter: (path) => !without.includes(relative(source, path)) });
  if (as) await tool(['chown', '-R', '-h', ownerOf(as), target]);
  // Kept results are read-only where they are not root's.
  else if (process.getuid?.() !== 0) await tool(['chmod', '-R', 'u+w', target]);
}

/** The directories in a tree that packages are installed in, but for those within another. */
async function installedIn(tree: string, below = ''): Promise<string[]> {
  const entries = await readdir(join(tree, below), { withFileTypes: true }).catch(() => []);
  const directories = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(below, name));
  const found = await Promise.all(
    directories.map((path) => (basename(path) === installed ? [path] : installedIn(tree, path))),
  );
  return found.flat();
}

function ownerOf({ uid, gid }: Identity): string {
  return `${uid}:${gid}`;
}

/** The directories on the way, which belong to the job like all else in its workspace. */
async function makeParents(workspace: string, path: string, as: Identity | null): Promise<void> {
  const names = path.split('/').filter((name) => name !== '.' && name !== '');
  for (let count = 1; count <= names.length; count += 1) {
    const at = join(workspace, ...names.slice(0, count));
    const there = await lstat(at).catch(() => null);
    const link = there?.isSymbolicLink() ?? false;
    // What is laid out takes the place of a link itself.
    if (link && count === names.length) await rm(at);
    else if (link) throw new KovaError('ARTEFACT_UNSAFE', `${path} is reached by a link of the checkout`);
    if (there || count === names.length) continue;
    await mkdir(at);
    if (as) await chown(at, as.uid, as.gid);
  }
}
