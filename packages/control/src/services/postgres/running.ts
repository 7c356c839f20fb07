import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Home } from '../../home/home.ts';
import { type Postmaster, runningIn, stopServer } from './server/postmaster.ts';

/** The server of a cluster in Kova's home. */
export interface RunningCluster extends Postmaster {
  /** `_kova` for the store, `shop/production` for an environment's. */
  name: string;
}

/** The servers that run in a home, whoever started them. Needs no store. */
export async function runningClusters(home: Home): Promise<RunningCluster[]> {
  const running: RunningCluster[] = [];
  for (const name of await clusterNames(home)) {
    const server = await runningIn(dataOf(home, name));
    if (server) running.push({ name, ...server });
  }
  return running;
}

/**
 * Stops the servers of a home, save those that are named; the data stay. Idempotent.
 * @throws KovaError POSTGRES_FAILED when one does not stop
 */
export async function stopClusters(
  home: Home,
  { except = [], patienceMs }: { except?: readonly string[]; patienceMs?: number } = {},
): Promise<void> {
  const names = (await clusterNames(home)).filter((name) => !except.includes(name));
  await Promise.all(names.map((name) => stopServer(dataOf(home, name), patienceMs)));
}

/** Only Kova's own names begin with an underscore. */
async function clusterNames(home: Home): Promise<string[]> {
  const names: string[] = [];
  for (const project of await subdirectories(home.postgres)) {
    if (project.startsWith('_')) names.push(project);
    else for (const name of await subdirectories(join(home.postgres, project))) names.push(`${project}/${name}`);
  }
  return names;
}

function dataOf(home: Home, name: string): string {
  return join(home.postgres, name, 'data');
}

async function subdirectories(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
