import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { follow } from '../../engine/progress.ts';

const run = promisify(execFile);

/** How a root file system is made of Debian's packages alone: nothing is taken from a hub. */
export interface ImageRecipe {
  /** `name:tag` in the engine. */
  name: string;
  packages: readonly string[];
  /** For a machine that need not be this one: packages are only unpacked, as setting them up would run their programs. */
  architecture?: 'amd64' | 'arm64' | 's390x';
  /** Absolute path of a program here → path in the image. */
  files?: Readonly<Record<string, string>>;
  /** Absolute path of a directory here → path in the image, without its last part. */
  directories?: Readonly<Record<string, string>>;
  /** Path in the image → text of a script. */
  scripts?: Readonly<Record<string, string>>;
  /** Commands of a shell, run at the end in the image. */
  setUp?: readonly string[];
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
  const { changes = [], architecture } = recipe;
  const options = { repo, tag, changes, ...(architecture && { platform: `linux/${architecture}` }) };
  const answer = await engine.importImage(await rootFileSystem(recipe), options);
  await follow(`importing ${recipe.name}`, answer);
}

async function rootFileSystem(recipe: ImageRecipe): Promise<string> {
  const directory = join(homedir(), '.cache', 'kova-tests');
  const { packages, architecture, files, directories, scripts, setUp } = recipe;
  const more = directories || scripts || setUp || architecture ? [directories, scripts, setUp, architecture] : [];
  const digest = createHash('sha256')
    .update(JSON.stringify([packages, files, 3, ...more]))
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
  const written = await mkdtemp(join(directory, 'scripts-'));
  try {
    const files = { ...recipe.files, ...(await writeScripts(recipe, written)) };
    await run('mmdebstrap', mmdebstrap({ ...recipe, files }, partial), { maxBuffer: 16 * 1024 * 1024 });
  } finally {
    await rm(written, { recursive: true, force: true });
  }
  await rename(partial, path);
  return path;
}

/** Where each of the recipe's scripts lies here → path in the image. */
async function writeScripts({ scripts = {} }: ImageRecipe, directory: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [path, text] of Object.entries(scripts)) {
    const file = join(directory, path.replaceAll('/', '_'));
    await writeFile(file, text);
    files[file] = path;
  }
  return files;
}

function mmdebstrap(recipe: ImageRecipe, path: string): string[] {
  const { packages, architecture, files = {}, directories = {}, setUp = [] } = recipe;
  const uploads = Object.entries(files).flatMap(([from, to]) => [
    `--customize-hook=upload ${from} ${to}`,
    `--customize-hook=chmod 0755 "$1${to}"`,
  ]);
  const copies = Object.entries(directories).flatMap(([from, to]) => [
    `--customize-hook=mkdir -p "$1${to}"`,
    `--customize-hook=copy-in ${from} ${to}`,
  ]);
  const commands = setUp.map((command) => `--customize-hook=chroot "$1" sh -c '${command}'`);
  const small = ['doc', 'man', 'locale', 'info'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
  return [
    ...(architecture ? unpackedOnly(architecture) : ['--variant=minbase']),
    '--format=tar',
    // The package that else merges it needs all of Perl, 50 MB.
    '--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr',
    `--include=${['usr-is-merged', ...packages].join(',')}`,
    ...small,
    ...[...uploads, ...copies, ...commands],
    'bookworm',
    path,
  ];
}

/** With the user and the group that setting up would have written. */
function unpackedOnly(architecture: string): string[] {
  const hooks = [
    '--extract-hook=echo root:x:0:0:root:/root:/bin/sh > "$1/etc/passwd"',
    '--extract-hook=echo root:x:0: > "$1/etc/group"',
  ];
  return ['--variant=extract', `--architectures=${architecture}`, ...hooks];
}
