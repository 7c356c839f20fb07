import { createHash } from 'node:crypto';
import { readdir, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { isThere } from '../../commands/is-there.ts';
import { tool } from '../../commands/tool.ts';
import { fillOnce } from '../../home/reachable.ts';
import { type InstalledPackage, withDependencies } from './installed.ts';

/**
 * A copy in `toolchain` of an installed package with all that it needs, which everybody may read and Kova's user alone
 * may change; made once. Another version, or a changed file of a workspace, makes a new one in place of the old.
 * @returns the directory of the package in it
 * @throws KovaError DISK_FULL, COMMAND_FAILED
 */
export async function copyOfPackage(directory: string, toolchain: string): Promise<string> {
  const source = await realpath(directory);
  const packages = await withDependencies(source);
  const root = commonParent(packages.flatMap(pathsOf));
  const holder = join(toolchain, `${basename(source)}-${await fingerprint(root, packages)}`);
  const target = join(holder, relative(root, source));
  if (await isThere(target)) return target;
  const older = await copiesIn(toolchain, basename(source));
  const paths = packages.flatMap(pathsOf).map((path) => relative(root, path));
  const copy = ['cp', '--archive', '--no-preserve=ownership', '--reflink=auto', '--parents', '--'];
  await fillOnce(holder, async (draft) => {
    await tool([...copy, ...paths, draft], root);
    await tool(['chmod', '-R', 'a+rX,go-w', '--', draft]);
  });
  await Promise.all(older.map((path) => rm(path, { recursive: true, force: true })));
  return target;
}

async function copiesIn(toolchain: string, name: string): Promise<string[]> {
  const names = await readdir(toolchain).catch(() => []);
  return names.filter((each) => new RegExp(`^${name}-[0-9a-f]{12}$`).test(each)).map((each) => join(toolchain, each));
}

function pathsOf({ directory, links }: InstalledPackage): string[] {
  return [directory, ...links];
}

function commonParent(paths: readonly string[]): string {
  let parent = dirname(paths[0] ?? sep);
  while (!paths.every((path) => path.startsWith(join(parent, sep)))) parent = dirname(parent);
  return parent;
}

/**
 * Changes with what is installed: told by the manifests, and of workspaces by all files, for they keep their version.
 */
async function fingerprint(root: string, packages: readonly InstalledPackage[]): Promise<string> {
  const files = await Promise.all(
    packages.map(({ directory }) => (isInstalled(directory) ? [join(directory, 'package.json')] : filesOf(directory))),
  );
  const marks = files.flat().map(async (file) => {
    const { size, mtimeMs } = await stat(file);
    return `${relative(root, file)} ${size} ${mtimeMs}`;
  });
  const text = (await Promise.all(marks)).sort().join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return files.filter((file) => !isInstalled(relative(directory, file)));
}

function isInstalled(path: string): boolean {
  return path.split(sep).includes('node_modules');
}
