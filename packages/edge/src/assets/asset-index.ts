import { readdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Route } from '@kova/core/traffic/route';

/**
 * Which retained file answers for which path below the prefix. Only names found by listing are
 * served, and links are not listed, so no request can name a file outside the directories.
 */
export class AssetIndex {
  readonly #prefix: string;
  readonly #files: ReadonlyMap<string, string>;

  constructor(prefix: string, files: ReadonlyMap<string, string>) {
    this.#prefix = prefix;
    this.#files = files;
  }

  /** The file for a request target such as `/_next/static/a.js?x=1`, or undefined. */
  find(target: string): string | undefined {
    if (!target.startsWith(this.#prefix)) return undefined;
    const query = target.indexOf('?');
    const path = target.slice(this.#prefix.length, query === -1 ? undefined : query);
    return this.#files.get(path) ?? this.#findEncoded(path);
  }

  #findEncoded(path: string): string | undefined {
    if (!path.includes('%')) return undefined;
    try {
      return this.#files.get(decodeURIComponent(path));
    } catch {
      return undefined;
    }
  }
}

/** Lists the directories, newest first; one that is gone holds nothing. */
export async function indexAssets(assets: Route['assets']): Promise<AssetIndex | null> {
  if (assets === null) return null;
  const files = new Map<string, string>();
  for (const listed of await Promise.all(assets.dirs.map(listFiles))) {
    for (const [name, file] of listed) if (!files.has(name)) files.set(name, file);
  }
  const prefix = assets.prefix.endsWith('/') ? assets.prefix : `${assets.prefix}/`;
  return new AssetIndex(prefix, files);
}

async function listFiles(directory: string): Promise<[name: string, file: string][]> {
  try {
    const root = await realpath(directory);
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = join(entry.parentPath, entry.name);
        return [relative(root, file).split(sep).join('/'), file];
      });
  } catch (error) {
    console.error(`assets of ${directory} are not served:`, error);
    return [];
  }
}
