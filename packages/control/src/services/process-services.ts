import type { Home } from '../home/home.ts';
import type { Services } from '../ports/services.ts';
import { createDatabases } from './postgres/databases.ts';
import { runningClusters } from './postgres/running.ts';

/** The database of an environment is a process of this machine; a Redis there is only where one is named by its URL. */
export function createProcessServices(home: Home): Services {
  const databases = createDatabases(home);
  return {
    async ensure({ project, environment, config }) {
      const hasDatabase = Object.values(config.services).some(({ kind }) => kind === 'postgres');
      if (!hasDatabase) return {};
      return { DATABASE_URL: (await databases.ensure(project, environment)).url };
    },
    async states({ project, environment, config }) {
      if (!Object.values(config.services).some(({ kind }) => kind === 'postgres')) return [];
      const state = await databases.state(project, environment);
      const server = (await runningClusters(home)).find(({ name }) => name === `${project}/${environment}`);
      const address = server ? `127.0.0.1:${server.port}` : null;
      const gone = `the files of its PostgreSQL are gone from ${home.postgres}/${project}/${environment}`;
      return [{ kind: 'postgres', state, address, reason: state === 'absent' ? gone : '' }];
    },
  };
}
