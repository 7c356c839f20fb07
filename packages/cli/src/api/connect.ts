import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ControlPlace, controlIn } from '@kova/control/control-record';
import { homePath } from '@kova/control/home';
import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { type Client, createClient } from './client.ts';

const defaultPort = '4700';

/**
 * A client for the control plane that the environment names: KOVA_URL and KOVA_TOKEN, else the one of its home.
 * @throws KovaError NOT_RUNNING when that home has none, with what lives there all the same; UNAUTHORIZED, INPUT_INVALID
 */
export async function connect(env: NodeJS.ProcessEnv): Promise<Client> {
  const [token, control] = await Promise.all([readToken(env), findControl(env)]);
  const client = createClient(addressOf(env, control), token);
  if (!env.KOVA_URL && control === null) await checkAnswers(client, env);
  return client;
}

/** KOVA_URL, else where the control plane of the home is, else where it would be. @throws KovaError INPUT_INVALID */
export async function apiUrl(env: NodeJS.ProcessEnv): Promise<URL> {
  return addressOf(env, await findControl(env));
}

/** The control plane of the home; null while it is not ready, and when the environment names one by its address. */
async function findControl(env: NodeJS.ProcessEnv): Promise<ControlPlace | null> {
  return env.KOVA_URL ? null : ((await controlIn(homePath(env)))?.ready ?? null);
}

function addressOf(env: NodeJS.ProcessEnv, control: ControlPlace | null): URL {
  const usual = `http://127.0.0.1:${env.KOVA_PORT || defaultPort}`;
  const text = env.KOVA_URL || (control?.url ?? usual);
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new KovaError('INPUT_INVALID', `KOVA_URL is not a web address: ${text}`, { next: `Set it to ${usual}.` });
}

/** A home that this user may not read may have a control plane all the same. */
async function checkAnswers(client: Client, env: NodeJS.ProcessEnv): Promise<void> {
  await client.get('/v1/health').catch(async (error: unknown) => {
    const { surveyHome } = await import('@kova/control/survey');
    const { namedSurvivors } = await import('../output/survivors.ts');
    const survivors = await surveyHome(env);
    if (survivors.length === 0) throw error;
    const message = `no control plane is ready in ${homePath(env)}, but these run: ${namedSurvivors(survivors)}`;
    throw new KovaError('NOT_RUNNING', message, {
      next: '`kova up` takes them on as they are; `kova down` stops them.',
    });
  });
}

export function tokenFile(env: NodeJS.ProcessEnv): string {
  return join(homePath(env), 'keys', 'api-token');
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
