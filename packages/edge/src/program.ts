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
  /** Where it ends TLS; nowhere by default. */
  listenTls?: string[];
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
  const { dir, listen, listenTls = [], node = process.execPath } = options;
  for (const address of [...listen, ...listenTls]) parseAddress(address);
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
  const plain = listen.flatMap((address) => ['--listen', address]);
  const tls = listenTls.flatMap((address) => ['--listen-tls', address]);
  return { node, argv: [...nodeFlags, main, '--dir', dir, ...plain, ...tls], env: { ...env, ...cache } };
}

function minimalEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR'] as const;
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
