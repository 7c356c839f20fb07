import type { GraphJob } from '@kova/core/pipeline/graph';
import type { JobState } from '@kova/core/pipeline/state';
import { type Kysely, sql } from 'kysely';
import type { Store } from './connect.ts';
import type { Executor } from './executors.ts';
import type { JobChanges } from './jobs.ts';
import type { Schema } from './schema.ts';

/** A job that an executor has taken. */
export interface TakenJob {
  run: string;
  name: string;
  key: string;
  spec: GraphJob;
  /** How often it was taken, this time included. */
  takes: number;
}

export interface Taker extends Executor {
  /** Takes jobs with one of its labels and no others. */
  choosy?: boolean;
}

/**
 * Takes up to `limit` jobs of which all needs have passed, by their turns; of those with a label only those that the
 * executor has. One without a number of its own takes none while its machine runs as many as it has cores. What was
 * taken is running, and nobody else's. None for an executor that was declared dead.
 */
export async function takeJobs(db: Store, self: Taker, limit: number, cores: number): Promise<TakenJob[]> {
  return db.transaction().execute(async (trx) => {
    // Those of one machine take jobs one after the other, so that each sees what the others have.
    const alive = await sql`select pg_advisory_xact_lock(4702003, hashtext(${self.host}))
      from executors where id = ${self.id} for key share`.execute(trx);
    if (alive.rows.length === 0) return [];
    const most = self.concurrency === null ? Math.min(limit, cores - (await runningOn(trx, self.host))) : limit;
    if (most <= 0) return [];
    const { rows } = await sql<TakenJob>`
      with next as (
        select run, name from jobs
        where state = 'waiting' and ready_at is not null and (label = any(${self.labels}::text[]) or (label is null and not ${self.choosy ?? false}::boolean))
        order by turn limit ${most} for update skip locked),
      taken as (
        update jobs set state = 'running', reason = '', executor = ${self.id}, started_at = now(), takes = takes + 1
        from next where jobs.run = next.run and jobs.name = next.name
        returning jobs.run, jobs.name, jobs.key, jobs.spec, jobs.takes),
      told as (insert into job_events (run, job, state, reason) select run, name, 'running', '' from taken)
      select * from taken`.execute(trx);
    return rows;
  });
}

async function runningOn(trx: Kysely<Schema>, host: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from jobs
    join executors on executors.id = jobs.executor where jobs.state = 'running' and host = ${host}`.execute(trx);
  return rows[0]?.count ?? 0;
}

/** What became of a job: whether that counts, and how many others can be taken now. */
export interface Ended {
  landed: boolean;
  freed: number;
}

/**
 * Records what a job came to that this executor has taken; those can be taken then that it was the last to hold up:
 * when it passed, or when they only waited for its end. It lands once, and not for an executor that was declared dead:
 * the job is another's then.
 */
export async function endTakenJob(
  db: Kysely<Schema>,
  { run, name }: TakenJob,
  executor: string,
  { state, reason, changes }: { state: JobState; reason: string; changes: JobChanges },
): Promise<Ended> {
  const { rows } = await sql<Ended>`
    with done as (
      update jobs set state = ${state}, reason = ${reason}, ended_at = clock_timestamp(), code = ${changes.code ?? null},
        duration_ms = ${changes.duration_ms ?? null}
      where run = ${run} and name = ${name} and state = 'running' and executor = ${executor} returning run, name, state),
    told as (
      insert into job_events (run, job, state, reason) select run, name, state, ${reason} from done),
    -- In one order, so that two that hold up the same jobs do not wait for each other.
    held as (
      select jobs.run, jobs.name from jobs
      where jobs.state = 'waiting' and (jobs.run, jobs.name) in (
        select needs.run, needs.job from needs join done on needs.run = done.run and needs.need = done.name
        where done.state = 'passed' or not needs.must_pass)
      order by jobs.name for update),
    freed as (
      update jobs set missing = missing - 1, ready_at = case when missing = 1 then clock_timestamp() end
      from held where jobs.run = held.run and jobs.name = held.name
      returning missing)
    select exists (select from done) as landed, (select count(*) from freed where missing = 0)::int as freed`.execute(
    db,
  );
  return rows[0] ?? { landed: false, freed: 0 };
}

/** Gives a job back that this executor has taken, for others to take. */
export async function handBack(db: Store, { run, name }: TakenJob, executor: string, why: string): Promise<void> {
  await sql`
    with back as (
      update jobs set state = 'waiting', reason = ${why}, started_at = null, takes = takes - 1
      where run = ${run} and name = ${name} and state = 'running' and executor = ${executor} returning run, name, reason)
    insert into job_events (run, job, state, reason) select run, name, 'waiting', reason from back`.execute(db);
}

/** Opens a run that was planned to those who take jobs. Idempotent. */
export async function openJobs(db: Store, run: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('runs')
      .set({ opened_at: new Date() })
      .where('id', '=', run)
      .where('opened_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return;
    // Each asks for its own needs: of one statement over all of them, the plan for a table that has just been filled
    // may compare every job with every other.
    await sql`
      update jobs set missing = (
        select count(*) from needs join jobs need on need.run = needs.run and need.name = needs.need
        where needs.run = jobs.run and needs.job = jobs.name
          and (need.ended_at is null or (needs.must_pass and need.state <> 'passed')))
      where run = ${run} and state = 'waiting'`.execute(trx);
    await sql`update jobs set ready_at = now() where run = ${run} and state = 'waiting' and missing = 0`.execute(trx);
  });
}

/**
 * Skips the waiting jobs that need this one, directly or not. Idempotent.
 * @returns how many others can be taken now, which only waited for those to end
 */
export async function skipDependents(db: Kysely<Schema>, run: string, name: string): Promise<number> {
  const { rows } = await sql<{ freed: number }>`
    with recursive blocked (name) as (
      select job from needs where run = ${run} and need = ${name} and must_pass
      union select needs.job from needs join blocked on needs.need = blocked.name
        where needs.run = ${run} and needs.must_pass),
    skipped as (
      update jobs set state = 'skipped', reason = ${`it needs ${name}`}, ended_at = clock_timestamp()
      where run = ${run} and state = 'waiting' and name in (select name from blocked) returning run, name, reason),
    told as (
      insert into job_events (run, job, state, reason) select run, name, 'skipped', reason from skipped),
    ended as (
      select needs.job, count(*)::int as count from needs join skipped on needs.need = skipped.name
      where needs.run = ${run} and not needs.must_pass and needs.job not in (select name from blocked)
      group by needs.job),
    freed as (
      update jobs set missing = missing - ended.count,
        ready_at = case when missing = ended.count then clock_timestamp() end
      from ended where jobs.run = ${run} and jobs.name = ended.job and jobs.state = 'waiting' returning missing)
    select count(*)::int as freed from freed where missing = 0`.execute(db);
  return rows[0]?.freed ?? 0;
}

/** Skips all that waits in a run. Idempotent. */
export async function skipWaiting(db: Kysely<Schema>, run: string, why: string): Promise<void> {
  await sql`
    with skipped as (
      update jobs set state = 'skipped', reason = ${why}, ended_at = clock_timestamp()
      where run = ${run} and state = 'waiting' returning run, name, reason)
    insert into job_events (run, job, state, reason) select run, name, 'skipped', reason from skipped`.execute(db);
}

/** The keys of all that a job needs, directly and not, in the order of the graph. */
export async function neededKeys(db: Store, run: string, name: string): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    with recursive needed (name) as (
      select need from needs where run = ${run} and job = ${name} and must_pass
      union select needs.need from needs join needed on needs.job = needed.name
        where needs.run = ${run} and needs.must_pass)
    select key from jobs where run = ${run} and name in (select name from needed) order by position`.execute(db);
  return rows.map(({ key }) => key);
}
