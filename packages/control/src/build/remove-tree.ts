import { KovaError } from '@kova/core/errors/kova-error';
import { run } from '../commands/run.ts';

const limitMs = 300_000;

/**
 * Removes what a build has left, be it a million files, or directories in each other that no path is long enough for:
 * `rm` goes from one to the next. Directories that even their owner cannot write in are opened first; only root does
 * not mind them.
 */
export async function removeTree(root: string): Promise<void> {
  const remove = ['rm', '-rf', '--', root];
  if ((await tool(remove)) === null) return;
  await tool(['chmod', '-R', 'u+rwX', '--', root]);
  const complaint = await tool(remove);
  if (complaint !== null) throw new KovaError('COMMAND_FAILED', `${root} could not be removed: ${complaint}`);
}

/** Null when it succeeded. */
async function tool(argv: string[]): Promise<string | null> {
  const result = await run({ argv, env: { PATH: '/usr/bin:/bin' }, timeoutMs: limitMs, background: true });
  return result.exitCode === 0 ? null : (result.tail.at(-1) ?? `${argv[0]} ended with ${result.exitCode}`);
}
