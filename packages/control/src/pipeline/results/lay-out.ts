import { KovaError } from '@kova/core/errors/kova-error';
import { run } from '../../commands/run.ts';
import type { Identity } from '../../home/unprivileged.ts';

const limitMs = 300_000;

/**
 * Lays a tree out again. What is installed is many files that nobody changes: those are linked, and cannot be written
 * to; all else is copied, as a job may well write to what another has made.
 */
export async function layOutTree(
  source: string,
  target: string,
  as: Identity | null,
  how: 'linked' | 'copied' = source.split('/').includes('node_modules') ? 'linked' : 'copied',
): Promise<void> {
  const linked = how === 'linked';
  const options = linked ? ['-alf'] : ['-a', '--reflink=auto'];
  await tool(['cp', ...options, '-T', source, target]);
  if (!as) return;
  const owner = `${as.uid}:${as.gid}`;
  if (linked) await tool(['find', target, '-type', 'd', '-exec', 'chown', owner, '{}', '+']);
  else await tool(['chown', '-R', '-h', owner, target]);
}

async function tool(argv: string[]): Promise<void> {
  const { exitCode, tail } = await run({ argv, env: { PATH: '/usr/bin:/bin' }, timeoutMs: limitMs });
  if (exitCode === 0) return;
  const words = tail.slice(-3).join('\n');
  const code = /No space left on device/.test(words) ? 'DISK_FULL' : 'COMMAND_FAILED';
  throw new KovaError(code, `${argv[0]} failed: ${words}`);
}
