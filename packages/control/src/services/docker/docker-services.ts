import type { ServiceConfig } from '@kova/core/config/schema';
import type { Secret } from '@kova/core/secret';
import { engineClient } from '../../engine/client.ts';
import type { Place } from '../../engine/labels.ts';
import { engineSocket } from '../../engine/socket.ts';
import type { Home } from '../../home/home.ts';
import type { Services, ServicesWish } from '../../ports/services.ts';
import { checkNames } from '../postgres/names.ts';
import { lookAt, stateOf } from './look.ts';
import { ensurePostgres } from './postgres-service.ts';
import { ensureRedis } from './redis-service.ts';

export interface DockerServicesOptions {
  /** Names the engine, as for `engineClient`. */
  env: NodeJS.ProcessEnv;
  home: Home;
  /** Of `homeMark`. */
  mark: string;
}

/** Each service of an environment is a container with a volume of its own, on the environment's network. */
export function createDockerServices({ env, home, mark }: DockerServicesOptions): Services {
  const [engine, socket] = [engineClient(env), engineSocket(env)];
  return {
    async ensure(wish, { adjust = false } = {}) {
      checkNames(wish.project, wish.environment);
      const place = placeOf(wish, mark);
      const variables = await Promise.all(
        wanted(wish).map(async (service): Promise<[string, Secret]> => {
          const { image, memory } = service;
          const request = { engine, socket, home, place, image, memory, adjust };
          if (service.kind === 'postgres') return ['DATABASE_URL', await ensurePostgres(request)];
          return ['REDIS_URL', await ensureRedis(request)];
        }),
      );
      return Object.fromEntries(variables);
    },
    async look(wish) {
      const place = placeOf(wish, mark);
      const looks = await Promise.all(wanted(wish).map(({ kind }) => lookAt({ engine, home, place, kind })));
      const ill = looks.find(({ state }) => state === 'absent') ?? looks.find(({ state }) => state === 'stopped');
      if (ill && ill.state !== 'running') return ill;
      const running = looks.flatMap((look) => (look.state === 'running' ? look : []));
      return {
        state: 'running',
        processes: running.map(({ processes }) => processes).join(' '),
        variables: Object.assign({}, ...running.map(({ variables }) => variables)),
      };
    },
    async states(wish) {
      const place = placeOf(wish, mark);
      return Promise.all(wanted(wish).map(({ kind }) => stateOf({ engine, home, place, kind })));
    },
  };
}

function placeOf({ project, environment }: ServicesWish, mark: string): Place {
  return { home: mark, project, environment };
}

/** One of each kind; a Redis that is somewhere else needs no container. */
function wanted({ config }: ServicesWish): ServiceConfig[] {
  const all = Object.values(config.services);
  const postgres = all.find(({ kind }) => kind === 'postgres');
  const redis = all.find((service) => service.kind === 'redis' && !service.url);
  return [postgres, redis].flatMap((service) => service ?? []);
}
