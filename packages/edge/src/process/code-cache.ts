import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A program in TypeScript, run by node. */
export interface CachedProgram {
  /** For its compiled code; private, for what lies there is executed. */
  dir: string;
  /** Of Kova: with another one the cache is made anew. */
  version: string;
  node: string;
  /** Flags of node, the program, and what makes it end as soon as its modules are loaded. */
  argv: string[];
  env: Record<string, string>;
}

/**
 * The environment that makes node take a program's code from a cache, types stripped and compiled. It then starts
 * in half the time and holds 30 MB less, for it never loads the compiler of TypeScript. The first time, a run that
 * only loads the modules fills the cache. Never fails: without a cache the program starts all the same.
 */
export async function codeCache(program: CachedProgram): Promise<Record<string, string>> {
  const { dir, version } = program;
  const environment = { NODE_COMPILE_CACHE: dir };
  const filled = join(dir, `filled-by-${version}`);
  if (await exists(filled)) return environment;
  try {
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await chmod(dir, 0o700);
    await run(program, environment);
    await writeFile(filled, '');
    return environment;
  } catch (error) {
    console.error(`no code cache in ${dir}:`, error);
    return {};
  }
}

/** Node writes the cache when the program ends. */
async function run({ node, argv, env }: CachedProgram, environment: Record<string, string>): Promise<void> {
  await once(spawn(node, argv, { stdio: 'ignore', env: { ...env, ...environment } }), 'exit');
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
