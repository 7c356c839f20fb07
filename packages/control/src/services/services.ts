import type { RuntimeKind } from '@kova/core/config/runtime';
import { Secret } from '@kova/core/secret';
import type { Home } from '../home/home.ts';
import type { Services, ServicesWish } from '../ports/services.ts';
import { refuseMove } from './moves.ts';

/** The services of a release are run by what it runs in: an engine is spoken to only where a release asks for one. */
export function createServices(home: Home, by: Readonly<Record<RuntimeKind, () => Services>>): Services {
  return {
    async ensure(wish, options) {
      await refuseMove(home, wish);
      return { ...external(wish), ...(await by[wish.config.runtime]().ensure(wish, options)) };
    },
    async look(wish) {
      const look = await by[wish.config.runtime]().look(wish);
      return look.state === 'running' ? { ...look, variables: { ...external(wish), ...look.variables } } : look;
    },
    states: (wish) => by[wish.config.runtime]().states(wish),
  };
}

function external({ config }: ServicesWish): Record<string, Secret> {
  const redis = Object.values(config.services).find(({ kind }) => kind === 'redis');
  return redis?.kind === 'redis' && redis.url ? { REDIS_URL: new Secret(redis.url) } : {};
}
