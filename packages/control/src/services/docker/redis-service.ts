import { join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Secret } from '@kova/core/secret';
import { passwordIn } from '../postgres/password.ts';
import type { ServiceRequest } from './postgres-service.ts';
import { redisBlueprint, redisConfiguration, redisSettings, redisUrl } from './redis.ts';
import { awaitRedis } from './redis-login.ts';
import { ServiceContainer } from './service-container.ts';

/** The Redis of an environment in a container. @returns its URL @throws KovaError SERVICE_FAILED with its last lines */
export async function ensureRedis({ adjust, ...request }: ServiceRequest): Promise<Secret> {
  const { home, place } = request;
  const password = await passwordIn(join(home.keys, 'services', place.project, place.environment, 'redis.password'));
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
