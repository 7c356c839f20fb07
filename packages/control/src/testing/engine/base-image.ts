import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';

const run = promisify(execFile);

/** How a root file system is made of Debian's packages alone: nothing is taken from a hub. */
export interface ImageRecipe {
  /** `name:tag` in the engine. */
  name: string;
  packages: readonly string[];
  /** Absolute path of a program here → path in the image. */
  files?: Readonly<Record<string, string>>;
  /** Instructions as `docker import --change` takes them: `USER 1000`. */
  changes?: readonly string[];
}

/** Node, a shell and an init, on Debian: what an app's image is based upon. */
export const nodeBase: ImageRecipe = {
  name: 'kova-test/node:24',
  packages: ['tini', 'ca-certificates'],
  files: { [process.execPath]: '/usr/local/bin/node' },
  changes: ['ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
};

/** Imports the image; its root file system is made once and kept outside the tree, which takes some 20 s. */
export async function importImage(engine: Docker, recipe: ImageRecipe): Promise<void> {
  const [repo, tag] = recipe.name.split(':');
  const answer = await engine.importImage(await rootFileSystem(recipe), { repo, tag, changes: recipe.changes ?? [] });
  await new Promise<void>((resolve, reject) =>
    engine.modem.followProgress(answer, (error) => (error ? reject(error) : resolve())),
  );
}

async function rootFileSystem(recipe: ImageRecipe): Promise<string> {
  const directory = join(homedir(), '.cache', 'kova-tests');
  const digest = createHash('sha256')
    .update(JSON.stringify([recipe.packages, recipe.files, 2]))
    .digest('hex');
  const path = join(directory, `${digest.slice(0, 16)}.tar`);
  if (
    await access(path).then(
      () => true,
      () => false,
    )
  )
    return path;
  await mkdir(directory, { recursive: true });
  const partial = `${path}.${process.pid}`;
  await run('mmdebstrap', mmdebstrap(recipe, partial), { maxBuffer: 16 * 1024 * 1024 });
  await rename(partial, path);
  return path;
}

function mmdebstrap({ packages, files = {} }: ImageRecipe, path: string): string[] {
  const uploads = Object.entries(files).flatMap(([from, to]) => [
    `--customize-hook=upload ${from} ${to}`,
    `--customize-hook=chmod 0755 "$1${to}"`,
  ]);
  const small = ['doc', 'man', 'locale', 'info'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
  return [
    '--variant=minbase',
    '--format=tar',
    `--include=${packages.join(',')}`,
    ...small,
    ...uploads,
    'bookworm',
    path,
  ];
}
