import { Secret } from '@kova/core/secret';
import type { Environment } from '../environment.ts';
import { type Addresses, part } from '../event.ts';
import { developmentCluster, startDatabase } from './database.ts';
import { keepDatabase } from './keep-database.ts';
import { developmentRedis } from './redis-server.ts';

/** Starts the database, if the project has one; what ends it is added to `ending`. Returns its address for people. */
export async function startPostgres(environment: Environment, ending: AsyncDisposableStack): Promise<string | null> {
  const { config, place, emit, services } = environment;
  if (Object.values(config.services).every(({ kind }) => kind !== 'postgres')) return null;
  return part(emit, 'postgres', async () => {
    const cluster = await developmentCluster(place);
    ending.defer(() => cluster.stop());
    const { url, port } = await startDatabase(place, cluster);
    services.DATABASE_URL = url;
    const over = new AbortController();
    const keeping = keepDatabase(environment, cluster, over.signal);
    ending.defer(async () => {
      over.abort();
      await keeping;
    });
    return { about: `takes connections on 127.0.0.1:${port}`, value: `postgres://app@127.0.0.1:${port}/app` };
  });
}

/** Starts Redis, or uses the one that the configuration names. Returns its address for people. */
export async function startRedis(
  environment: Environment,
  ending: AsyncDisposableStack,
  program: string | null,
): Promise<Addresses['redis']> {
  const { config, services, emit } = environment;
  const wanted = Object.values(config.services).find((service) => service.kind === 'redis');
  if (wanted?.url) {
    services.REDIS_URL = new Secret(wanted.url);
    return 'as in kova.config.ts';
  }
  if (!wanted || !program) return null;
  return part(emit, 'redis', async () => {
    const { process, port, url } = await developmentRedis(environment, program);
    ending.defer(() => process.stop());
    const about = await process.start();
    services.REDIS_URL = url;
    return { about, value: `redis://127.0.0.1:${port}` };
  });
}
