import { join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Secret } from '@kova/core/secret';
import type { Place } from '../../engine/labels.ts';
import type { Home } from '../../home/home.ts';
import { passwordIn } from '../postgres/password.ts';
import type { ServiceRequest } from './postgres-service.ts';
import { redisBlueprint, redisConfiguration, redisSettings, redisUrl } from './redis.ts';
import { awaitRedis } from './redis-login.ts';
import { ServiceContainer } from './service-container.ts';

/** The Redis of an environment in a container. @returns its URL @throws KovaError SERVICE_FAILED with its last lines */
export async function ensureRedis({ adjust, ...request }: ServiceRequest): Promise<Secret> {
  const { home, place } = request;
  const password = await passwordOf(home, place);
  const container = new ServiceContainer({
    ...{ ...request, blueprint: redisBlueprint },
    secrets: { [redisSettings]: redisConfiguration(password) },
  });
  const { host, vitals } = await container.start({ adjust });
  const login = { host, port: redisBlueprint.port, password };
  await awaitRedis(login, () => vitals.isRunning()).catch(async (cause: Error) => {
    const words = `no login to Redis in the container ${container.name}: ${cause.message}`;
    throw new KovaError('SERVICE_FAILED', `${words}\n${await vitals.lastWords()}`, { cause });
  });
  return redisUrl(host, password);
}

/** What an app is given of a Redis that runs. */
export async function redisVariables(home: Home, place: Place, host: string): Promise<Record<string, Secret>> {
  return { REDIS_URL: redisUrl(host, await passwordOf(home, place)) };
}

function passwordOf({ keys }: Home, { project, environment }: Place): Promise<Secret> {
  return passwordIn(join(keys, 'services', project, environment, 'redis.password'));
}
