import type { ErrorCode } from '@kova/core/errors/codes';
import { isFinal, type JobState, jobSources } from '@kova/core/pipeline/state';
import type { Transaction } from 'kysely';
import type { Store } from './connect.ts';
import type { Schema } from './schema.ts';

interface Changes {
  cached?: boolean;
  duration_ms?: number;
  code?: ErrorCode | null;
  key?: string;
}

/**
 * The one setter of a job's state: the table of states again, as a guard in SQL.
 * @returns whether it landed: not when the job is past that already
 */
export async function moveJob(
  db: Store | Transaction<Schema>,
  ref: { run: string; name: string },
  to: JobState,
  reason: string,
  changes: Changes = {},
): Promise<boolean> {
  if (!db.isTransaction) return (db as Store).transaction().execute((trx) => moveJob(trx, ref, to, reason, changes));
  const now = new Date();
  const { numUpdatedRows } = await db
    .updateTable('jobs')
    .set({ state: to, reason, ...(isFinal(to) ? { ended_at: now } : { started_at: now }), ...changes })
    .where('run', '=', ref.run)
    .where('name', '=', ref.name)
    .where('state', 'in', [...jobSources[to]])
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await db.insertInto('job_events').values({ run: ref.run, job: ref.name, state: to, reason }).execute();
  return true;
}

/** In the order of the graph. */
export async function jobsOf(db: Store | Transaction<Schema>, run: string) {
  return db.selectFrom('jobs').selectAll().where('run', '=', run).orderBy('position').execute();
}

export async function findJob(db: Store, { run, name }: { run: string; name: string }) {
  return db.selectFrom('jobs').selectAll().where('run', '=', run).where('name', '=', name).executeTakeFirst();
}
