import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { skipWaiting } from '../store/job-queue.ts';
import { stopReason } from '../store/runs.ts';

const takes = sql`exists (
  select from executors where (concurrency is null or concurrency > 0)
    and (jobs.label is null or jobs.label = any(executors.labels)))`;

const alone = sql`case when label is null then 'no process takes jobs; start one with \`kova worker\`'
  else 'no worker has the label ' || label || '; start one with \`kova worker --label ' || label || '\`' end`;

/** Says of jobs that could run why nobody takes them, and skips what waits in runs that are to stop. Idempotent. */
export async function lookAfterWaiting({ db, bell }: Context): Promise<void> {
  await sql`
    with stuck as (
      update jobs set reason = ${alone}
      where state = 'waiting' and ready_at is not null and reason <> ${alone} and not ${takes}
      returning run, name, reason)
    insert into job_events (run, job, state, reason) select run, name, 'waiting', reason from stuck`.execute(db);
  await sql`update jobs set reason = ''
    where state = 'waiting' and ready_at is not null and reason = ${alone} and ${takes}`.execute(db);
  const waiting = await db.selectFrom('jobs').select('run').distinct().where('state', '=', 'waiting').execute();
  for (const { run } of waiting) {
    const stop = await stopReason(db, run);
    if (stop === null) continue;
    await skipWaiting(db, run, stop);
    bell.ring(`run:${run}`);
  }
}
