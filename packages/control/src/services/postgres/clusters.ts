import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Home } from '../../home/home.ts';
import { isReachable } from '../../home/reachable.ts';
import { type Identity, postgresIdentity } from '../../home/unprivileged.ts';
import { Cluster } from './cluster.ts';
import { prepareBinaries } from './server/binaries.ts';

export interface ClusterWish {
  /** Below `home.postgres`. */
  path: readonly string[];
  maxConnections: number;
  /** Default true; false is for tests. */
  durable?: boolean;
}

/** pg_ctl and initdb hand paths to a shell within double quotes. */
const unsafe = /["$`\\\n]/;

/**
 * A cluster in Kova's home, run by the user for PostgreSQL when Kova is root. Nothing is started.
 * @throws KovaError HOME_UNREACHABLE when that user cannot enter the home; POSTGRES_FAILED without binaries
 */
export async function openCluster(home: Home, { path, maxConnections, durable = true }: ClusterWish): Promise<Cluster> {
  const as = postgresIdentity();
  if (unsafe.test(home.root)) {
    throw new KovaError('HOME_UNREACHABLE', `PostgreSQL cannot work in ${home.root}`, {
      next: 'Set KOVA_HOME to a path without quotes, backslashes, backticks and dollar signs.',
    });
  }
  const directory = join(home.postgres, ...path);
  await mkdir(directory, { recursive: true, mode: as ? 0o711 : 0o700 });
  await checkReachable(directory, as);
  const binaries = await prepareBinaries(home.toolchain, as);
  return new Cluster({
    directory,
    templates: join(home.postgres, '_templates'),
    binaries,
    as,
    maxConnections,
    durable,
  });
}

async function checkReachable(directory: string, who: Identity | null): Promise<void> {
  if (await isReachable(directory, who)) return;
  let closed = directory;
  while (!(await isReachable(dirname(closed), who))) closed = dirname(closed);
  throw new KovaError('HOME_UNREACHABLE', `PostgreSQL runs as the user ${who?.name}, who cannot enter ${closed}`, {
    next: `Run \`chmod o+x ${closed}\`, or set KOVA_HOME to a directory that others may enter, such as /var/lib/kova.`,
  });
}
