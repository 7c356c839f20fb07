import { fileURLToPath } from 'node:url';
import type { Home } from './home/home.ts';

/** A program that Node runs: what comes after `node`, and its environment. */
export interface NodeProgram {
  argv: string[];
  env: NodeJS.ProcessEnv;
}

// glibc gives each thread a heap of its own, which holds what it once needed; two are enough here and return it.
const fewArenas = { MALLOC_ARENA_MAX: '2' };
const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** The control plane of a home. */
export function controlProgram(home: Home, env: NodeJS.ProcessEnv): NodeProgram {
  return {
    argv: ['--optimize-for-size', main],
    env: { ...env, KOVA_HOME: home.root, NODE_COMPILE_CACHE: home.compiled, ...fewArenas },
  };
}
