import { createHash } from 'node:crypto';
import { mkdir, realpath, symlink } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { isThere } from '../commands/is-there.ts';
import { reachableCopy } from '../home/reachable.ts';
import type { Identity } from '../home/unprivileged.ts';

/** Node and npm as builds find them. */
export interface Toolchain {
  node: string;
  npmCli: string;
  /** Holds `node`, `npm` and `npx`; first on the PATH of every build. */
  bin: string;
}

/** The Node that Kova itself runs on and the machine's npm, copied to where `as` can reach them if need be. */
export async function prepareToolchain(
  toolchain: string,
  as: Identity | null,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Toolchain> {
  const node = await reachableCopy(process.execPath, toolchain, as);
  const npm = await reachableCopy(await findNpm(env), toolchain, as);
  const links = { node, npm: join(npm, 'bin/npm-cli.js'), npx: join(npm, 'bin/npx-cli.js') };
  const bin = join(toolchain, `bin-${createHash('sha256').update(JSON.stringify(links)).digest('hex').slice(0, 12)}`);
  await mkdir(bin, { recursive: true, mode: 0o755 });
  for (const [name, target] of Object.entries(links)) {
    await symlink(target, join(bin, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  return { node, npmCli: links.npm, bin };
}

/** The directory of npm: of the one that runs this, of the one on the PATH, or of the one beside Node. */
async function findNpm(env: NodeJS.ProcessEnv): Promise<string> {
  const onPath = (env.PATH ?? '').split(delimiter).map((directory) => join(directory, 'npm'));
  const beside = join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');
  for (const candidate of [env.npm_execpath ?? '', ...onPath, beside]) {
    const cli = await realpath(candidate).catch(() => '');
    if (cli.endsWith('/bin/npm-cli.js') && (await isThere(cli))) return dirname(dirname(cli));
  }
  throw new KovaError('COMMAND_FAILED', 'npm was not found on the PATH', {
    next: 'Install npm, or put its directory on the PATH of Kova.',
  });
}
