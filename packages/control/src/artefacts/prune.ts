import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestFromName } from './digest.ts';

export interface PruneOptions {
  keep: ReadonlySet<string>;
  /** Files younger than this stay: their release may not be recorded yet. */
  graceMs: number;
}

/** Removes the artefacts that are not named and the drafts that a crash has left; returns the bytes freed. */
export async function pruneArtefacts(directory: string, { keep, graceMs }: PruneOptions): Promise<number> {
  let freed = 0;
  for (const name of await readdir(directory, { recursive: true }).catch(() => [])) {
    const path = join(directory, name);
    const stats = await stat(path).catch(() => null);
    if (!stats?.isFile() || Date.now() - stats.mtimeMs < graceMs) continue;
    const digest = digestFromName(name.split('/').at(-1) ?? '');
    if (digest !== null && keep.has(digest)) continue;
    await rm(path, { force: true });
    freed += stats.size;
  }
  return freed;
}
