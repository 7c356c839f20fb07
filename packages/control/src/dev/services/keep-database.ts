import { reportOf } from '@kova/core/errors/kova-error';
import type { Cluster } from '../../services/postgres/cluster.ts';
import { lastLines } from '../../services/postgres/server/log.ts';
import type { Environment } from '../environment.ts';
import { databaseEnded, startDatabase } from './database.ts';

/** Starts the database again whenever it has ended, and says so, until the signal aborts. */
export async function keepDatabase(environment: Environment, cluster: Cluster, signal: AbortSignal): Promise<void> {
  const { place, emit } = environment;
  for (;;) {
    await databaseEnded(cluster, signal);
    if (signal.aborted) return;
    const startedAt = performance.now();
    const said = await lastLines(cluster.log);
    emit({ type: 'ended', part: 'postgres', how: 'PostgreSQL ended', tail: said.split('\n'), next: '' });
    try {
      await startDatabase(place, cluster);
    } catch (error) {
      const next = 'End this with Ctrl-C and run `kova dev` again.';
      return environment.note('postgres', `${reportOf(error).message}\n${next}`);
    }
    emit({ type: 'restarted', part: 'postgres', ms: performance.now() - startedAt });
  }
}
