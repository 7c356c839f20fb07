import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { homeAt } from '../home/home.ts';
import type { Cluster } from '../services/postgres/cluster.ts';
import { openCluster } from '../services/postgres/clusters.ts';
import { abandoned } from './abandoned.ts';

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
  for (const root of await abandoned(prefix)) await removeTestHome(root);
}
