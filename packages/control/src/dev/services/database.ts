import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { hasCode } from '@kova/core/errors/kova-error';
import type { Secret } from '@kova/core/secret';
import { type Home, homeAt, makeDirectories } from '../../home/home.ts';
import type { Cluster } from '../../services/postgres/cluster.ts';
import { openCluster } from '../../services/postgres/clusters.ts';
import { connected } from '../../services/postgres/connected.ts';
import { ensureLogin } from '../../services/postgres/login.ts';
import { passwordIn } from '../../services/postgres/password.ts';
import type { Place } from '../place.ts';

const maxConnections = 100;

/** Where PostgreSQL's user can enter, for root who works in a folder that is closed to others. */
export function homeElsewhere({ project }: Place): Home {
  return homeAt(join('/var/lib/kova/dev', createHash('sha256').update(project).digest('hex').slice(0, 16)));
}

/** The cluster of the project's development environment. Nothing is started. @throws KovaError POSTGRES_FAILED */
export async function developmentCluster(place: Place): Promise<Cluster> {
  const wish = { path: ['development'], maxConnections };
  return openCluster(place.home, wish).catch(async (error: unknown) => {
    if (!hasCode(error, 'HOME_UNREACHABLE')) throw error;
    const elsewhere = homeElsewhere(place);
    await makeDirectories({ shared: [elsewhere.root, elsewhere.postgres, elsewhere.toolchain], own: [] });
    return openCluster(elsewhere, wish);
  });
}

/** Starts the database, or adopts the server of a run that was killed; it can be used when this resolves. Idempotent. */
export async function startDatabase(place: Place, cluster: Cluster): Promise<{ url: Secret; port: number }> {
  const password = await passwordIn(join(place.home.keys, 'postgres'));
  return ensureLogin(cluster.server, { role: 'app', database: 'app', password, createsDatabases: true });
}

/** Resolves when the server has ended or `signal` has aborted: a connection is kept to hear of it. */
export async function databaseEnded(cluster: Cluster, signal: AbortSignal): Promise<void> {
  const server = await cluster.running();
  if (!server) return;
  const watch = connected(cluster.admin(server), (client) => {
    const ended = Promise.withResolvers<void>();
    client.on('error', () => ended.resolve());
    client.on('end', () => ended.resolve());
    signal.addEventListener('abort', () => ended.resolve(), { once: true });
    return ended.promise;
  });
  await watch.catch(() => {});
}
