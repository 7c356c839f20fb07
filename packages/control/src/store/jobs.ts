import type { ErrorCode } from '@kova/core/errors/codes';
import type { GraphJob } from '@kova/core/pipeline/graph';
import { isFinal, type JobState, jobSources } from '@kova/core/pipeline/state';
import type { Transaction } from 'kysely';
import type { Store } from './connect.ts';
import type { Schema } from './schema.ts';

export interface JobChanges {
  cached?: boolean;
  duration_ms?: number;
  code?: ErrorCode | null;
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
  changes: JobChanges = {},
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

/** Rows of one statement, which takes so many parameters only. */
const rowsAtOnce = 1000;

/** Records the jobs of a run and what each needs, in the order of the graph. Idempotent. */
export async function addJobs(db: Store, run: string, jobs: ReadonlyArray<{ spec: GraphJob; key: string }>) {
  const rows = jobs.map(({ spec, key }, position) => {
    const { name, job } = spec;
    return { run, name, position, key, label: job.worker, spec: JSON.stringify(spec) };
  });
  const needs = jobs.flatMap(({ spec }) => spec.needs.map((need) => ({ run, job: spec.name, need })));
  await db.transaction().execute(async (trx) => {
    for (const some of chunks(rows)) {
      const adding = trx.insertInto('jobs').values(some);
      await adding.onConflict((on) => on.doNothing()).execute();
    }
    for (const some of chunks(needs)) {
      const adding = trx.insertInto('needs').values(some);
      await adding.onConflict((on) => on.doNothing()).execute();
    }
  });
}

function* chunks<T>(list: readonly T[]): Generator<T[]> {
  for (let at = 0; at < list.length; at += rowsAtOnce) yield list.slice(at, at + rowsAtOnce);
}

/** In the order of the graph. */
export async function jobsOf(db: Store | Transaction<Schema>, run: string) {
  return db.selectFrom('jobs').selectAll().where('run', '=', run).orderBy('position').execute();
}

export async function findJob(db: Store, { run, name }: { run: string; name: string }) {
  return db.selectFrom('jobs').selectAll().where('run', '=', run).where('name', '=', name).executeTakeFirst();
}
