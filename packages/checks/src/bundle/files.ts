import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { cannotCheck } from '../check.ts';
import type { Loaded } from './report.ts';

const isLoaded = /\.(?:js|mjs|css|wasm)$/;
/** Where the usual tools put what browsers load. */
const usual = ['dist/client', 'dist', 'build/client', 'build', 'out', '.output/public', 'public/build'];

/** The files below a directory that browsers load, by name. */
export async function loadedFiles(directory: string, prefix = ''): Promise<Loaded[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && isLoaded.test(entry.name));
  const rows = files.map(({ parentPath, name }) => {
    const file = join(parentPath, name);
    return { file, name: prefix + relative(directory, file) };
  });
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The directories of a build that is none of Next.js: those named, else the first of the usual ones that is there.
 * @throws KovaError CHECK_IMPOSSIBLE when there is none
 */
export async function buildDirectories(cwd: string, named: readonly string[]): Promise<string[]> {
  for (const directory of named) {
    if (!(await isDirectory(join(cwd, directory))))
      throw cannotCheck(`there is no directory ${directory}`, 'build the app first');
  }
  if (named.length > 0) return [...named];
  for (const directory of usual) if (await isDirectory(join(cwd, directory))) return [directory];
  throw cannotCheck(
    `there is no build: neither .next nor any of ${usual.join(', ')}`,
    'build the app first, or name its directory with --dir',
  );
}

export function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
