import { cp, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** The asset directories of recent releases, newest first. */
export async function assetDirectories(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  const dated = await Promise.all(
    names
      .filter((name) => !name.endsWith('.draft'))
      .map(async (name) => ({ path: join(directory, name), at: (await stat(join(directory, name))).mtimeMs })),
  );
  return dated.sort((a, b) => b.at - a.at).map(({ path }) => path);
}

/** Keeps the immutable assets of a release servable after it is replaced. Idempotent. */
export async function keepAssets(source: string, directory: string, release: string): Promise<void> {
  const target = join(directory, release);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const there = await stat(target).catch(() => null);
  if (!there) {
    const draft = `${target}.draft`;
    await rm(draft, { recursive: true, force: true });
    await cp(source, draft, { recursive: true });
    await rename(draft, target);
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
