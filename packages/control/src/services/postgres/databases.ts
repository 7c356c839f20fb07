import { join } from 'node:path';
import { isThere } from '../../commands/is-there.ts';
import type { Home } from '../../home/home.ts';
import type { Databases } from '../../ports/databases.ts';
import type { Cluster } from './cluster.ts';
import { openCluster } from './clusters.ts';
import { ensureLogin } from './login.ts';
import { checkNames } from './names.ts';
import { passwordIn } from './password.ts';

const maxConnections = 50;

/** A small cluster for each environment, in `home.postgres/<project>/<environment>/`, with a database `app`. */
export function createDatabases(home: Home): Databases {
  const inTurn = turns();
  return {
    ensure(project, environment) {
      return inTurn(`${project}/${environment}`, async () => {
        const cluster = await environmentCluster(home, project, environment);
        const password = await passwordIn(join(home.keys, 'postgres', project, environment));
        return ensureLogin(cluster, { role: 'app', database: 'app', password, createsDatabases: false });
      });
    },
    state(project, environment) {
      return inTurn(`${project}/${environment}`, async () => {
        const cluster = await environmentCluster(home, project, environment);
        if (await cluster.isRunning()) return 'running';
        return (await isThere(join(cluster.data, 'PG_VERSION'))) ? 'stopped' : 'absent';
      });
    },
    stop(project, environment) {
      return inTurn(`${project}/${environment}`, async () => {
        const cluster = await environmentCluster(home, project, environment);
        await cluster.stop();
      });
    },
  };
}

/** The cluster of an environment, for backups and restores. @throws KovaError INPUT_INVALID, HOME_UNREACHABLE */
export async function environmentCluster(home: Home, project: string, environment: string): Promise<Cluster> {
  checkNames(project, environment);
  return openCluster(home, { path: [project, environment], maxConnections });
}

/** One after the other for the same key. */
function turns(): <T>(key: string, action: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (key, action) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(action, action);
    last.set(key, mine);
    return mine;
  };
}
