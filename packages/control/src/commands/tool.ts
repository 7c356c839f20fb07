import { KovaError } from '@kova/core/errors/kova-error';
import { run } from './run.ts';

const limitMs = 300_000;

/**
 * Runs a program of the system that does one thing to files, such as `cp`.
 * @throws KovaError DISK_FULL; COMMAND_FAILED with its last words
 */
export async function tool(argv: readonly string[], cwd = '/'): Promise<void> {
  const { exitCode, tail } = await run({ argv, cwd, env: { PATH: '/usr/bin:/bin' }, timeoutMs: limitMs });
  if (exitCode === 0) return;
  const words = tail.slice(-3).join('\n');
  const code = /No space left on device/.test(words) ? 'DISK_FULL' : 'COMMAND_FAILED';
  throw new KovaError(code, `${argv[0]} failed: ${words}`);
}
