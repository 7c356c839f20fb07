import { KovaError } from '@kova/core/errors/kova-error';
import { run } from '../../../commands/run.ts';
import type { Identity } from '../../../home/unprivileged.ts';

/** Runs one of PostgreSQL's programs with a clean environment. @throws KovaError POSTGRES_FAILED with what it said */
export async function runTool(argv: readonly string[], as: Identity | null, timeoutMs: number): Promise<void> {
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  const { exitCode, tail } = await run({ argv, as, env, cwd: '/', timeoutMs });
  if (exitCode === 0) return;
  const said = tail.join('\n').trim();
  throw new KovaError('POSTGRES_FAILED', `${argv[0]} ended with ${exitCode}${said ? `: ${said}` : ''}`);
}
