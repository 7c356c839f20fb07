import type { ProjectConfig } from '@kova/core/config/schema';
import type { ErrorCode } from '@kova/core/errors/codes';
import type { GraphJob } from '@kova/core/pipeline/graph';
import type { JobState } from '@kova/core/pipeline/state';
import { byUrgency } from '@kova/core/pipeline/urgency';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Store } from './connect.ts';
import type { Schema } from './schema.ts';

export interface JobChanges {
  duration_ms?: number;
  code?: ErrorCode | null;
}

/** What a job came to before, in a run that need not run it again. */
export interface RecalledJob {
  name: string;
  /** Of the result that was taken. */
  key: string;
  state: JobState;
  reason: string;
  code: ErrorCode | null;
}

/** Ends jobs of a run that nobody has taken yet by what is known of them. Idempotent. */
export async function endRecalled(db: Kysely<Schema>, run: string, recalled: readonly RecalledJob[]): Promise<void> {
  await sql`
    with ended as (
      update jobs set state = known.state, reason = known.reason, key = known.key, code = known.code, cached = true,
        duration_ms = 0, ended_at = clock_timestamp()
      from jsonb_to_recordset(${JSON.stringify(recalled)}::jsonb)
        as known (name text, key text, state text, reason text, code text)
      where jobs.run = ${run} and jobs.name = known.name and jobs.state = 'waiting'
      returning jobs.name, jobs.state, jobs.reason, jobs.position)
    insert into job_events (run, job, state, reason)
    select ${run}, name, state, reason from ended order by position`.execute(db);
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
