import type { ProjectConfig } from '@kova/core/config/schema';
import type { ErrorCode } from '@kova/core/errors/codes';
import type { GraphJob } from '@kova/core/pipeline/graph';
import { isFinal, type JobState, jobSources } from '@kova/core/pipeline/state';
import { byUrgency } from '@kova/core/pipeline/urgency';
import { sql, type Transaction } from 'kysely';
import type { Store } from './connect.ts';
import type { Schema } from './schema.ts';

export interface JobChanges {
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

/**
 * Records what is planned for a run: its configuration, its jobs in the order of the graph, and what each waits for.
 * They have their turns by how long each took before. Idempotent.
 */
export async function addJobs(
  db: Store,
  run: string,
  config: ProjectConfig,
  jobs: ReadonlyArray<{ spec: GraphJob; key: string }>,
  tookMs: ReadonlyMap<string, number>,
): Promise<void> {
  const placed = jobs.map((planned, position) => ({ ...planned.spec, ...planned, position }));
  const rows = byUrgency(placed, tookMs).map(({ name, job, spec, key, position }) => {
    return { run, name, position, key, label: job.worker, spec: JSON.stringify(spec) };
  });
  const needs = jobs.flatMap(({ spec: { name: job, needs, after = [] } }) => [
    ...needs.map((need) => ({ run, job, need, must_pass: true })),
    ...after.map((need) => ({ run, job, need, must_pass: false })),
  ]);
  await db.transaction().execute(async (trx) => {
    const planned = trx.updateTable('runs').set({ config: JSON.stringify(config) });
    await planned.where('id', '=', run).execute();
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

/** How long each of the jobs took when it last passed in the project, ms; those that have are in it. */
export async function lastDurations(
  db: Store,
  project: string,
  names: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ name: string; ms: number }>`
    select wanted.name, last.ms from unnest(${names}::text[]) as wanted (name), lateral (
      select extract(epoch from jobs.ended_at - jobs.started_at)::float8 * 1000 as ms
      from jobs join runs on runs.id = jobs.run
      where jobs.name = wanted.name and jobs.state = 'passed' and not jobs.cached and runs.project = ${project}
      order by jobs.ended_at desc limit 1) last`.execute(db);
  return new Map(rows.map(({ name, ms }) => [name, ms]));
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
