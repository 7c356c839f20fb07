import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { homeAt } from '../home/home.ts';
import type { Cluster } from '../services/postgres/cluster.ts';
import { openCluster } from '../services/postgres/clusters.ts';

const prefix = 'kova-test-postgres-';

/** A home for a test run's cluster, named after the process that will remove it. */
export async function makeTestHome(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  await chmod(root, 0o711);
  return root;
}

export function testCluster(root: string): Promise<Cluster> {
  return openCluster(homeAt(root), { path: ['tests'], maxConnections: 200, durable: false });
}

export async function removeTestHome(root: string): Promise<void> {
  const cluster = await testCluster(root);
  await cluster.stop();
  await rm(root, { recursive: true, force: true });
}

/** What runs that were killed have left behind. */
export async function removeAbandonedHomes(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(name.startsWith(prefix) && name.slice(prefix.length).split('-')[0]);
    if (pid > 0 && !isAlive(pid)) await removeTestHome(join(tmpdir(), name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
