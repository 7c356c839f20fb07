import { join } from 'node:path';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import type { Secret } from '@kova/core/secret';
import { ensureLogin, type Login, type Server } from '../postgres/login.ts';
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
  const password = await passwordIn(join(home.keys, 'postgres', project, environment));
  const login: Login = { role: 'app', database: 'app', password, createsDatabases: false };
  return (await ensureLogin(server, login).catch((error: unknown) => explain(error, vitals))).url;
}

/** A server that is no login away says itself what is wrong with it. */
async function explain(error: unknown, vitals: Vitals | null): Promise<never> {
  if (!vitals || !hasCode(error, 'POSTGRES_FAILED')) throw error;
  const { message } = error as Error;
  throw new KovaError('SERVICE_FAILED', `${message}\n${await vitals.lastWords()}`, { cause: error });
}
