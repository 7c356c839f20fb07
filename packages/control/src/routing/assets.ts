import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { isThere } from '../commands/is-there.ts';

const draftEnd = '.draft';

/** The asset directories of recent releases, newest first. */
export async function assetDirectories(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  const dated = await Promise.all(
    names
      .filter((name) => !name.endsWith(draftEnd))
      .map(async (name) => ({ path: join(directory, name), at: (await stat(join(directory, name))).mtimeMs })),
  );
  return dated.sort((a, b) => b.at - a.at).map(({ path }) => path);
}

/**
 * Keeps the immutable assets of a release servable after it is replaced. What is kept already is not asked for again:
 * `bring` puts them somewhere below the draft that it is given, and returns where. Idempotent.
 */
export async function keepAssets(
  directory: string,
  release: string,
  bring: (draft: string) => Promise<string>,
): Promise<void> {
  const target = join(directory, release);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (!(await isThere(target))) {
    const draft = `${target}${draftEnd}`;
    await rm(draft, { recursive: true, force: true });
    await rename(await bring(draft), target);
    await rm(draft, { recursive: true, force: true });
  }
  const now = new Date();
  await utimes(target, now, now);
}

/** Removes the assets of releases that were last deployed longer ago than `keepMs`; never the newest. */
export async function pruneAssets(directory: string, keepMs: number, now: number): Promise<void> {
  const [, ...older] = await assetDirectories(directory);
  for (const path of older) {
    const { mtimeMs } = await stat(path);
    if (now - mtimeMs > keepMs) await rm(path, { recursive: true, force: true });
  }
}
