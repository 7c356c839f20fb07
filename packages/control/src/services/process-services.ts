import type { Home } from '../home/home.ts';
import type { Services, ServicesWish } from '../ports/services.ts';
import { createDatabases } from './postgres/databases.ts';

/** The database of an environment is a process of this machine; a Redis there is only where one is named by its URL. */
export function createProcessServices(home: Home): Services {
  const databases = createDatabases(home);
  const gone = ({ project, environment }: ServicesWish) =>
    `the files of its PostgreSQL are gone from ${home.postgres}/${project}/${environment}`;
  return {
    async ensure(wish) {
      if (!hasDatabase(wish)) return {};
      return { DATABASE_URL: (await databases.ensure(wish.project, wish.environment)).url };
    },
    async look(wish) {
      if (!hasDatabase(wish)) return { state: 'running', processes: '', variables: {} };
      const look = await databases.look(wish.project, wish.environment);
      if (look.state === 'running') {
        const variables = { DATABASE_URL: look.database.url };
        return { state: 'running', processes: String(look.pid), variables };
      }
      return { state: look.state, reason: look.state === 'absent' ? gone(wish) : 'its PostgreSQL does not run' };
    },
    async states(wish) {
      if (!hasDatabase(wish)) return [];
      const look = await databases.look(wish.project, wish.environment);
      const address = look.state === 'running' ? `127.0.0.1:${look.database.port}` : null;
      return [{ kind: 'postgres', state: look.state, address, reason: look.state === 'absent' ? gone(wish) : '' }];
    },
  };
}

function hasDatabase({ config }: ServicesWish): boolean {
  return Object.values(config.services).some(({ kind }) => kind === 'postgres');
}
