import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { tokenIn } from './token.ts';

const shortest = 32;

/**
 * What secrets are sealed with: KOVA_SEAL_KEY, by which several homes have the same, else a file of the home, made the
 * first time. @throws KovaError INPUT_INVALID when it could be guessed
 */
export async function sealKey(keys: string, env: NodeJS.ProcessEnv): Promise<Secret> {
  if (!env.KOVA_SEAL_KEY) return tokenIn(keys, 'seal-key');
  if (env.KOVA_SEAL_KEY.length >= shortest) return new Secret(env.KOVA_SEAL_KEY);
  throw new KovaError('INPUT_INVALID', `KOVA_SEAL_KEY has less than ${shortest} characters`, {
    next: 'Set it to what `openssl rand -base64 32` prints.',
  });
}
