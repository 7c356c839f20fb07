import { KovaError } from '@kova/core/errors/kova-error';
import { run } from '../../commands/run.ts';

const askLimitMs = 20_000;

/**
 * The argv that Compose 2 is run by: Docker's plugin, else the program of its own.
 * @throws KovaError PREREQUISITE_MISSING
 */
export async function composeArgv(env: Record<string, string>): Promise<string[]> {
  for (const argv of [['docker', 'compose'], ['docker-compose']]) {
    const answer = await run({ argv: [...argv, 'version', '--short'], env, timeoutMs: askLimitMs }).catch(() => null);
    if (answer?.exitCode === 0 && /^v?(?:[2-9]|\d\d)/.test(answer.tail.at(-1) ?? '')) return argv;
  }
  throw new KovaError('PREREQUISITE_MISSING', 'neither `docker compose` nor `docker-compose` 2 is installed', {
    next: 'Install Docker with its Compose plugin, or run `kova dev` without --docker.',
  });
}

/** Whether the engine answers. @throws KovaError PREREQUISITE_MISSING with what the client says */
export async function checkEngine(env: Record<string, string>): Promise<void> {
  const asked = await run({ argv: ['docker', 'info', '--format', '{{.ServerVersion}}'], env, timeoutMs: askLimitMs });
  if (asked.exitCode === 0) return;
  throw new KovaError('PREREQUISITE_MISSING', `Docker does not answer: ${asked.tail.at(-1) ?? 'it said nothing'}`, {
    next: 'Start Docker, or run `kova dev` without --docker.',
  });
}
