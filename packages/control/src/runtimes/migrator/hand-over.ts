import { once } from 'node:events';
import type Docker from 'dockerode';
import type { Migration } from '../../ports/migrator.ts';
import type { Confined } from '../container/confinement.ts';
import { hasSecrets, secretsText } from '../swarm/environment.ts';

/** Takes the secrets from its input into the environment and becomes the program; it is given no text but its arguments. */
const entry = ['/bin/sh', '-c', 'eval "$(cat)"; exec "$@" < /dev/null', 'kova'];

type Handed = Pick<Migration, 'runtime' | 'argv' | 'env'>;

/**
 * Whether the secrets reach the program by its input: those of a swarm's release stand in no specification that the
 * engine would show, so that its migrations have no other way.
 */
export function takesInput({ runtime, env }: Pick<Handed, 'runtime' | 'env'>): boolean {
  return runtime === 'swarm' && hasSecrets(env);
}

/** What a container is made with: as its instances are, with the secrets in its environment or without them. */
export function handedOver(migration: Handed): Pick<Confined, 'argv' | 'env'> {
  const { argv, env } = migration;
  if (!takesInput(migration)) return { argv, env };
  const plain = Object.entries(env).filter(([, value]) => typeof value === 'string');
  return { argv: [...entry, ...argv], env: Object.fromEntries(plain) };
}

/** Starts the container and writes the secrets to its input. */
export async function startWithInput(
  container: Docker.Container,
  { env }: Pick<Handed, 'env'>,
  signal: AbortSignal,
): Promise<void> {
  const input = await container.attach({ stream: true, stdin: true, hijack: true, abortSignal: signal });
  try {
    await container.start({ abortSignal: signal });
    input.end(secretsText(env));
    await once(input, 'finish', { signal });
  } finally {
    input.on('error', () => {});
    (input as unknown as { destroy(): void }).destroy();
  }
}
