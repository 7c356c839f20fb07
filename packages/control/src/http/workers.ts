import { hostname } from 'node:os';
import type { Context } from '../context.ts';
import { executors } from '../store/executors.ts';
import type { WorkerView } from './views.ts';

/** The processes that take jobs, or may, with what they are at. */
export async function readWorkers({ db }: Context): Promise<WorkerView[]> {
  const atWork = await db
    .selectFrom('jobs')
    .select(['executor', 'run', 'name', 'started_at'])
    .where('state', '=', 'running')
    .orderBy('started_at')
    .execute();
  return (await executors(db)).map(({ silentMs, ...each }) => ({
    ...each,
    control: each.pid === process.pid && each.host === hostname(),
    jobs: atWork
      .filter(({ executor }) => executor === each.id)
      .map(({ run, name, started_at }) => ({ run, name, startedAt: started_at?.toISOString() ?? null })),
    silentMs: Math.max(0, Math.round(silentMs)),
  }));
}
