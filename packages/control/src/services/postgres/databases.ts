import { join } from 'node:path';
import { Secret } from '@kova/core/secret';
import { isThere } from '../../commands/is-there.ts';
import type { Home } from '../../home/home.ts';
import { Serial } from '../../serial.ts';
import type { Cluster } from './cluster.ts';
import { openCluster } from './clusters.ts';
import { ensureLogin, urlOf } from './login.ts';
import { checkNames } from './names.ts';
import { passwordIn } from './password.ts';

export interface Database {
  /** What an app connects with: `postgres://app:…@127.0.0.1:PORT/app`. */
  url: Secret;
  port: number;
}

/** `absent` when there are no files of one. */
export type DatabaseState = { state: 'running'; pid: number; database: Database } | { state: 'stopped' | 'absent' };

/** A database of its own for each environment of each project, in processes of this machine. */
export interface Databases {
  /**
   * Makes sure that the environment's database exists and runs; creates it the first time.
   * Idempotent: one that already runs is adopted, not restarted.
   */
  ensure(project: string, environment: string): Promise<Database>;

  /** The database as it is; starts and makes nothing. */
  look(project: string, environment: string): Promise<DatabaseState>;

  /** Stops it; its data stay. Idempotent. */
  stop(project: string, environment: string): Promise<void>;
}

const maxConnections = 50;
const appLogin = { role: 'app', database: 'app' };

/** A small cluster for each environment, in `home.postgres/<project>/<environment>/`, with a database `app`. */
export function createDatabases(home: Home): Databases {
  const serial = new Serial<string>();
  return {
    ensure(project, environment) {
      return serial.run(`${project}/${environment}`, async () => {
        const cluster = await environmentCluster(home, project, environment);
        const password = await passwordIn(join(home.keys, 'postgres', project, environment));
        return ensureLogin(cluster.server, { ...appLogin, password, createsDatabases: false });
      });
    },
    look(project, environment) {
      return serial.run(`${project}/${environment}`, async () => {
        const cluster = await environmentCluster(home, project, environment);
        const server = await cluster.running();
        if (!server) return { state: (await isThere(join(cluster.data, 'PG_VERSION'))) ? 'stopped' : 'absent' };
        const { pid, port } = server;
        const login = { ...appLogin, password: await passwordIn(join(home.keys, 'postgres', project, environment)) };
        return { state: 'running', pid, database: { port, url: new Secret(urlOf(login, port)) } };
      });
    },
    stop(project, environment) {
      return serial.run(`${project}/${environment}`, async () => {
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
