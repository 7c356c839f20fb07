import { lstat } from 'node:fs/promises';
import { join } from 'node:path';

/** Those of the paths that are there. */
export async function existing(root: string, paths: readonly string[]): Promise<string[]> {
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
