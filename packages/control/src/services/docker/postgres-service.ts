import { join } from 'node:path';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import type { Place } from '../../engine/labels.ts';
import type { Home } from '../../home/home.ts';
import { ensureLogin, type Login, type Server, urlOf } from '../postgres/login.ts';
import { passwordIn } from '../postgres/password.ts';
import { superuser } from '../postgres/server/template.ts';
import { postgresBlueprint, postgresPassword } from './postgres.ts';
import { ServiceContainer, type ServiceContainerOptions } from './service-container.ts';
import type { Vitals } from './vitals.ts';

export type ServiceRequest = Omit<ServiceContainerOptions, 'blueprint' | 'secrets'> & { adjust: boolean };

/**
 * The database of an environment in a container: the same role without power, database and password as that of a
 * process. @returns its URL @throws KovaError SERVICE_FAILED with the last lines that the server wrote
 */
export async function ensurePostgres({ adjust, ...request }: ServiceRequest): Promise<Secret> {
  const { home, place } = request;
  const { project, environment } = place;
  const superuserPassword = await passwordIn(join(home.keys, 'services', project, environment, 'postgres.password'));
  const container = new ServiceContainer({
    ...{ ...request, blueprint: postgresBlueprint },
    secrets: { [postgresPassword]: superuserPassword },
  });
  let vitals: Vitals | null = null;
  const server: Server = {
    name: `PostgreSQL in the container ${container.name}`,
    isRunning: async () => (await vitals?.isRunning()) ?? false,
    start: async () => {
      const started = await container.start({ adjust });
      vitals = started.vitals;
      const { host } = started;
      const { port } = postgresBlueprint;
      const admin = { host, port, user: superuser, password: superuserPassword.reveal(), database: 'postgres' };
      return { host, port, admin };
    },
  };
  const login = await appLogin(home, place);
  return (await ensureLogin(server, login).catch((error: unknown) => explain(error, vitals))).url;
}

/** What an app is given of a database that runs. */
export async function postgresVariables(home: Home, place: Place, host: string): Promise<Record<string, Secret>> {
  return { DATABASE_URL: new Secret(urlOf(await appLogin(home, place), postgresBlueprint.port, host)) };
}

async function appLogin({ keys }: Home, { project, environment }: Place): Promise<Login> {
  const password = await passwordIn(join(keys, 'postgres', project, environment));
  return { role: 'app', database: 'app', password, createsDatabases: false };
}

/** A server that lets nobody in says itself what is wrong with it. */
async function explain(error: unknown, vitals: Vitals | null): Promise<never> {
  if (!vitals || !hasCode(error, 'POSTGRES_FAILED')) throw error;
  const { message } = error as Error;
  throw new KovaError('SERVICE_FAILED', `${message}\n${await vitals.lastWords()}`, { cause: error });
}
