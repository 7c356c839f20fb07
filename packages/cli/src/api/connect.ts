import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findHome } from '@kova/control/launch';
import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { type Client, createClient } from './client.ts';

const defaultPort = '4700';

/** A client for the control plane that the environment names: KOVA_URL and KOVA_TOKEN, or the token file of its home. */
export async function connect(env: NodeJS.ProcessEnv): Promise<Client> {
  return createClient(apiUrl(env), await readToken(env));
}

/** @throws KovaError INPUT_INVALID */
export function apiUrl(env: NodeJS.ProcessEnv): URL {
  const usual = `http://127.0.0.1:${env.KOVA_PORT || defaultPort}`;
  const text = env.KOVA_URL || usual;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new KovaError('INPUT_INVALID', `KOVA_URL is not a web address: ${text}`, { next: `Set it to ${usual}.` });
}

export function tokenFile(env: NodeJS.ProcessEnv): string {
  return join(findHome(env), 'keys', 'api-token');
}

/** Null when there is none: whether that matters is the API's to say. */
async function readToken(env: NodeJS.ProcessEnv): Promise<Secret | null> {
  if (env.KOVA_TOKEN) return new Secret(env.KOVA_TOKEN);
  const file = tokenFile(env);
  try {
    return new Secret((await readFile(file, 'utf8')).trim());
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new KovaError('UNAUTHORIZED', `the token cannot be read: ${(error as Error).message}`, {
      next: `Run the command as the user who owns ${file}, or set KOVA_TOKEN.`,
    });
  }
}
