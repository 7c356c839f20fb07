import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAddress } from './process/address.ts';
import { codeCache } from './process/code-cache.ts';
import { edgeVersion } from './process/version.ts';

export interface EdgeProgramOptions {
  dir: string;
  /** `host:port`; loopback unless the operator says otherwise. */
  listen: string[];
  /** The Node to run it with; this process's own by default. */
  node?: string;
  /** Added to the minimal environment. */
  env?: Record<string, string>;
  /** Where node keeps the edge's compiled code; `<dir>/code-cache` by default. */
  codeCacheDir?: string;
}

/** What runs the edge: the Node, what comes after it, and its environment. */
export interface EdgeProgram {
  node: string;
  argv: string[];
  env: Record<string, string>;
}

/** What requests leave behind is short-lived: a small young generation holds it as well, and 40 MB less. */
const nodeFlags = ['--max-semi-space-size=2'];
const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** The edge of a directory, which is made, private, when it is missing. */
export async function edgeProgram(options: EdgeProgramOptions): Promise<EdgeProgram> {
  const { dir, listen, node = process.execPath } = options;
  for (const address of listen) parseAddress(address);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  const env = { ...minimalEnvironment(), ...options.env };
  const cache = await codeCache({
    dir: options.codeCacheDir ?? join(dir, 'code-cache'),
    version: edgeVersion,
    node,
    argv: [...nodeFlags, main, '--load-only'],
    env,
  });
  const argv = [...nodeFlags, main, '--dir', dir, ...listen.flatMap((address) => ['--listen', address])];
  return { node, argv, env: { ...env, ...cache } };
}

function minimalEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR'] as const;
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
