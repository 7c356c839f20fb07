import type { ServiceConfig } from '@kova/core/config/schema';
import { reportOf } from '@kova/core/errors/kova-error';
import type { Secret } from '@kova/core/secret';
import type Docker from 'dockerode';
import { engineClient, engineSocket } from '../../engine/client.ts';
import type { Place } from '../../engine/labels.ts';
import type { ServiceKind } from '../../engine/service-address.ts';
import type { Home } from '../../home/home.ts';
import type { ServiceState, Services, ServicesWish } from '../../ports/services.ts';
import { checkNames } from '../postgres/names.ts';
import { findContainer } from './container.ts';
import { serviceName } from './container-options.ts';
import { ensurePostgres } from './postgres-service.ts';
import { readRecord } from './records.ts';
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

interface Question {
  engine: Docker;
  home: Home;
  place: Place;
  kind: ServiceKind;
}

async function stateOf({ engine, home, place, kind }: Question): Promise<ServiceState> {
  const record = await readRecord(home.services, place.project, place.environment, kind);
  const address = record?.address ?? null;
  try {
    const found = await findContainer(engine, serviceName(place, kind), place);
    return { kind, address, ...seen(found) };
  } catch (error) {
    return { kind, address, state: 'unknown', reason: reportOf(error).message };
  }
}

function seen(container: Docker.ContainerInspectInfo | null): Pick<ServiceState, 'state' | 'reason'> {
  if (!container) return { state: 'missing', reason: 'there is no container of it' };
  const { Running, Restarting, ExitCode, Health } = container.State;
  if (Restarting) return { state: 'unhealthy', reason: `it ended with ${ExitCode} and is started again` };
  if (!Running) return { state: 'stopped', reason: '' };
  const state = Health?.Status ?? 'healthy';
  return { state, reason: state === 'unhealthy' ? (Health?.Log?.at(-1)?.Output ?? '').trim() : '' };
}
