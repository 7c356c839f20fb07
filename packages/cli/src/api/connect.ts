import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findControl, findHome } from '@kova/control/launch';
import { surveyHome } from '@kova/control/survey';
import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { namedSurvivors } from '../output/survivors.ts';
import { type Client, createClient } from './client.ts';

const defaultPort = '4700';

/**
 * A client for the control plane that the environment names: KOVA_URL and KOVA_TOKEN, else the one of its home.
 * @throws KovaError NOT_RUNNING when that home has none, with what lives there all the same; UNAUTHORIZED, INPUT_INVALID
 */
export async function connect(env: NodeJS.ProcessEnv): Promise<Client> {
  const token = await readToken(env);
  const client = createClient(await apiUrl(env), token);
  if (!env.KOVA_URL && (await findControl(env)) === null) await checkAnswers(client, env);
  return client;
}

/** KOVA_URL, else where the control plane of the home is, else where it would be. @throws KovaError INPUT_INVALID */
export async function apiUrl(env: NodeJS.ProcessEnv): Promise<URL> {
  const usual = `http://127.0.0.1:${env.KOVA_PORT || defaultPort}`;
  const text = env.KOVA_URL || ((await findControl(env))?.url ?? usual);
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new KovaError('INPUT_INVALID', `KOVA_URL is not a web address: ${text}`, { next: `Set it to ${usual}.` });
}

/** A home that this user may not read may have a control plane all the same. */
async function checkAnswers(client: Client, env: NodeJS.ProcessEnv): Promise<void> {
  await client.get('/v1/health').catch(async (error: unknown) => {
    const survivors = await surveyHome(env);
    if (survivors.length === 0) throw error;
    const message = `no control plane is ready in ${findHome(env)}, but these run: ${namedSurvivors(survivors)}`;
    throw new KovaError('NOT_RUNNING', message, {
      next: '`kova up` takes them on as they are; `kova down` stops them.',
    });
  });
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
