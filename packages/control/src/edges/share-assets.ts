import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { environmentOf } from '@kova/core/environment/slot';
import type { Route } from '@kova/core/traffic/route';
import { sha256Of } from '../artefacts/digest.ts';
import type { Store } from '../store/connect.ts';
import { type AssetFile, forgetReleases, sharedReleases, shareRelease } from '../store/shared-assets.ts';

/**
 * Puts into the store what edges on other machines need to serve the assets of a route, and takes away what it names no
 * more. Idempotent. @returns whether there was anything new
 */
export async function shareAssets(db: Store, { id, assets }: Pick<Route, 'id' | 'assets'>): Promise<boolean> {
  const { project, environment } = environmentOf(id);
  const wanted = new Map((assets?.dirs ?? []).map((directory) => [basename(directory), directory]));
  const there = new Set(await sharedReleases(db, project, environment));
  const missing = [...wanted].filter(([release]) => !there.has(release));
  for (const [release, directory] of missing) {
    const files = await filesIn(directory);
    const contentOf = ({ path }: AssetFile) => readFile(join(directory, path));
    await shareRelease(db, { project, environment, release }, files, contentOf);
  }
  const over = [...there].filter((release) => !wanted.has(release));
  if (over.length > 0)
    await forgetReleases(
      db,
      over.map((release) => ({ project, environment, release })),
    );
  return missing.length > 0;
}

/** What the edge would serve of it: links are not followed. */
async function filesIn(directory: string): Promise<AssetFile[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const files: AssetFile[] = [];
  for (const path of paths) {
    files.push({ path: relative(directory, path).split(sep).join('/'), digest: await sha256Of(path) });
  }
  return files;
}
