import { createHash } from 'node:crypto';
import { link, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { environmentOf } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Route } from '@kova/core/traffic/route';
import { isThere } from '../../commands/is-there.ts';
import type { Store } from '../../store/connect.ts';
import { type AssetFile, type AssetsOf, sharedContent, sharedFiles } from '../../store/shared-assets.ts';

const safeName = /^(?!\.)[\w.-]{1,200}$/;

/** The assets of recent releases on this machine, as the store has them; each content lies there once. */
export class FollowedAssets {
  readonly #db: Store;
  readonly #directory: string;
  readonly #contents: string;

  constructor(db: Store, directory: string) {
    this.#db = db;
    this.#directory = directory;
    this.#contents = join(directory, '.contents');
  }

  /**
   * The route with the directories of this machine, which hold the assets by then.
   * @throws KovaError NOT_FOUND while the store lacks some; INPUT_INVALID when it names what may not be written
   */
  async localized(route: Route): Promise<Route> {
    if (route.assets === null) return route;
    const dirs: string[] = [];
    for (const directory of route.assets.dirs) {
      dirs.push(await this.#fetch({ ...environmentOf(route.id), release: basename(directory) }));
    }
    return { ...route, assets: { ...route.assets, dirs } };
  }

  /** Removes what none of the routes, as this machine has them, names any more. */
  async prune(routes: readonly Route[]): Promise<void> {
    const kept = new Set(routes.flatMap(({ assets }) => assets?.dirs ?? []));
    for (const { id } of routes) {
      const place = join(this.#directory, id);
      for (const name of await namesIn(place)) {
        if (!kept.has(join(place, name))) await rm(join(place, name), { recursive: true, force: true });
      }
    }
    for (const name of await namesIn(this.#contents)) {
      const path = join(this.#contents, name);
      if ((await stat(path)).nlink === 1) await rm(path);
    }
  }

  async #fetch(of: AssetsOf): Promise<string> {
    for (const name of Object.values(of)) checkName(name);
    const target = join(this.#directory, of.project, of.environment, of.release);
    if (await isThere(target)) return target;
    const files = await sharedFiles(this.#db, of);
    if (!files) throw new KovaError('NOT_FOUND', `the assets of ${of.release} are not in the store yet`);
    const draft = `${target}.draft`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true, mode: 0o700 });
    for (const file of files) await this.#place(draft, file);
    await rename(draft, target);
    return target;
  }

  async #place(draft: string, { path, digest }: AssetFile): Promise<void> {
    for (const name of path.split('/')) checkPart(name, path);
    const content = join(this.#contents, digest);
    if (!(await isThere(content))) await this.#download(digest, content);
    await mkdir(dirname(join(draft, path)), { recursive: true, mode: 0o700 });
    await link(content, join(draft, path));
  }

  async #download(digest: string, content: string): Promise<void> {
    checkName(digest);
    const bytes = await sharedContent(this.#db, digest);
    if (!bytes) throw new KovaError('NOT_FOUND', `the asset ${digest} is not in the store any more`);
    if (createHash('sha256').update(bytes).digest('hex') !== digest) {
      throw new KovaError('INPUT_INVALID', `the asset ${digest} has another content in the store`);
    }
    await mkdir(this.#contents, { recursive: true, mode: 0o700 });
    await writeFile(`${content}.draft`, bytes, { mode: 0o600 });
    await rename(`${content}.draft`, content);
  }
}

function checkName(name: string): void {
  if (!safeName.test(name))
    throw new KovaError('INPUT_INVALID', `${JSON.stringify(name)} cannot be a directory of assets`);
}

/** One part of the path of a file: anything but what leads elsewhere. */
function checkPart(name: string, path: string): void {
  if (name !== '' && name !== '.' && name !== '..' && !/[\0\\]/.test(name)) return;
  throw new KovaError('INPUT_INVALID', `${JSON.stringify(path)} cannot be the path of an asset`);
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
