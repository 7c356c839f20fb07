import { readFile } from 'node:fs/promises';
import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { tokenIn } from '../home/token.ts';

const shortest = 32;

/**
 * With what is sealed that is for edges, and nothing else: KOVA_EDGE_KEY_FILE, else a file of the home, made the first
 * time.
 */
export async function edgeKey(keys: string, env: NodeJS.ProcessEnv): Promise<Secret> {
  return (await givenEdgeKey(env)) ?? tokenIn(keys, 'edge-key');
}

/** Null when KOVA_EDGE_KEY_FILE is not set. @throws KovaError INPUT_INVALID */
export async function givenEdgeKey({ KOVA_EDGE_KEY_FILE: path }: NodeJS.ProcessEnv): Promise<Secret | null> {
  if (!path) return null;
  const next = 'Name a copy of keys/edge-key in the home of the control plane, or unset it where the edge ends no TLS.';
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new KovaError('INPUT_INVALID', `KOVA_EDGE_KEY_FILE cannot be read: ${cause.message}`, { next, cause });
  });
  const key = text.trim();
  if (key.length >= shortest) return new Secret(key);
  throw new KovaError('INPUT_INVALID', `KOVA_EDGE_KEY_FILE holds less than ${shortest} characters`, { next });
}
