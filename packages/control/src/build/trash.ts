import { mkdir, readdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { say } from '../process-log.ts';
import { removeTree } from './remove-tree.ts';

let removing: Promise<void> = Promise.resolve();

/**
 * Moves a build's directory, `<builds>/<project>/<id>`, out of the way, so that it is gone when this returns; its files
 * are removed later, one directory after the other, since there may be very many and nobody has to wait for them.
 */
export async function discard(root: string): Promise<void> {
  const trash = trashOf(dirname(dirname(root)));
  const aside = join(trash, basename(root));
  try {
    await mkdir(trash, { recursive: true, mode: 0o700 });
    await rename(root, aside);
  } catch {
    // On a full disk there may be no room for the trash.
    return removeTree(root);
  }
  removing = removing.then(() => removeTree(aside)).catch((error: Error) => say('builds:', error.message));
}

/** Removes what processes that have ended had still to remove. */
export async function emptyTrash(builds: string): Promise<void> {
  const names = await readdir(trashOf(builds)).catch(() => []);
  for (const name of names) await removeTree(join(trashOf(builds), name));
}

function trashOf(builds: string): string {
  return join(builds, '.trash');
}
