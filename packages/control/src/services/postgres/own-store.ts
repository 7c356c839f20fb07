import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { z } from 'zod';
import type { Home } from '../../home/home.ts';
import { openCluster } from './clusters.ts';
import { ensureLogin, urlOf } from './login.ts';
import { passwordIn } from './password.ts';
import { runningClusters } from './running.ts';

export interface OwnStore {
  url: Secret;
  /** Whether it is Kova's own server. */
  embedded: boolean;
  /** Starts an embedded server that has ended; does nothing to another. Idempotent. */
  keep(): Promise<void>;
  /** Stops an embedded server; does nothing to another. Idempotent. */
  stop(): Promise<void>;
}

const maxConnections = 100;
const databaseUrl = z.url({ protocol: /^postgres(ql)?$/ });

/**
 * The database of Kova itself: KOVA_DATABASE_URL, else an embedded cluster in `home.postgres/_kova/`, which is created
 * and started as needed. Its role may create databases. Idempotent.
 * @throws KovaError INPUT_INVALID (the URL), HOME_UNREACHABLE, POSTGRES_FAILED
 */
export async function ensureStore(home: Home, env: NodeJS.ProcessEnv = process.env): Promise<OwnStore> {
  const given = givenUrl(env);
  if (given) return external(given);
  const cluster = await openCluster(home, { path: ['_kova'], maxConnections });
  const password = await passwordIn(join(home.keys, 'postgres', '_kova'));
  const { url } = await ensureLogin(cluster.server, {
    role: 'kova',
    database: 'kova',
    password,
    createsDatabases: true,
  });
  return { url, embedded: true, keep: async () => void (await cluster.start()), stop: () => cluster.stop() };
}

/**
 * The address of a store that runs, for who does not keep it: KOVA_DATABASE_URL, else the embedded cluster of the home.
 * @throws KovaError INPUT_INVALID (the URL), NOT_RUNNING
 */
export async function joinStore(home: Home, env: NodeJS.ProcessEnv = process.env): Promise<Secret> {
  const given = givenUrl(env);
  if (given) return external(given).url;
  const server = (await runningClusters(home)).find(({ name }) => name === '_kova');
  if (!server) {
    throw new KovaError('NOT_RUNNING', `no PostgreSQL of Kova runs on this machine in ${home.root}`, {
      next: 'Run `kova up` here first; on another machine set KOVA_DATABASE_URL to the store that both use.',
    });
  }
  const password = await passwordIn(join(home.keys, 'postgres', '_kova'));
  return new Secret(urlOf({ role: 'kova', database: 'kova', password }, server.port));
}

/** KOVA_DATABASE_URL, with the password that KOVA_DATABASE_PASSWORD_FILE holds: an engine's secrets are files. */
function givenUrl(env: NodeJS.ProcessEnv): string | null {
  const { KOVA_DATABASE_URL: url, KOVA_DATABASE_PASSWORD_FILE: file } = env;
  if (!url || !file || !URL.canParse(url)) return url || null;
  const complete = new URL(url);
  try {
    complete.password = encodeURIComponent(readFileSync(file, 'utf8').trim());
  } catch (cause) {
    throw new KovaError('INPUT_INVALID', `KOVA_DATABASE_PASSWORD_FILE cannot be read: ${(cause as Error).message}`, {
      next: 'Name a file that holds the password of the user in KOVA_DATABASE_URL, or unset it.',
      cause,
    });
  }
  return complete.href;
}

function external(text: string): OwnStore {
  if (!databaseUrl.safeParse(text).success) {
    throw new KovaError('INPUT_INVALID', 'KOVA_DATABASE_URL is not the URL of a PostgreSQL database', {
      next: 'Set it to postgres://USER:PASSWORD@HOST:PORT/DATABASE, or unset it to use the embedded PostgreSQL.',
    });
  }
  return { url: new Secret(text), embedded: false, keep: async () => {}, stop: async () => {} };
}

/** Says at the start, where nobody waits for Postgres to come back, which setting to look at. */
export function explainStart({ embedded }: OwnStore): (error: unknown) => never {
  return (error) => {
    if (embedded || !hasCode(error, 'STORE_UNAVAILABLE')) throw error;
    throw new KovaError('STORE_UNAVAILABLE', `${(error as Error).message} (at KOVA_DATABASE_URL)`, {
      next: 'Start that PostgreSQL, or correct KOVA_DATABASE_URL, or unset it to use the embedded one.',
      cause: error,
    });
  };
}
