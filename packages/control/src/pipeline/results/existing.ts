import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Those of the paths that are there; `.` stands for all that is, but for what was installed before. */
export async function existing(root: string, paths: readonly string[]): Promise<string[]> {
  if (paths.includes('.')) return (await readdir(root)).filter((name) => name !== 'node_modules').sort();
  const found = await Promise.all(
    paths.map((path) =>
      lstat(join(root, path)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_, index) => found[index]);
}
