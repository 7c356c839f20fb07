import { type JobState, stateAfter } from '@kova/core/pipeline/state';
import type { JobContext } from '../../../context.ts';
import { endTakenJob, skipDependents, skipWaiting, type TakenJob } from '../../../store/job-queue.ts';
import { findRun, stopReason, stopRun } from '../../../store/runs.ts';
import type { JobEnd } from './run-job.ts';

/** Records what a job came to, and what that means for those that wait. Idempotent. */
export async function concludeJob(ctx: JobContext, executor: string, taken: TakenJob, end: JobEnd): Promise<void> {
  const { verdict, stopped, durationMs, code } = end;
  const state: JobState = stopped === null ? stateAfter(verdict) : 'cancelled';
  const changes = { code, ...(durationMs === null ? {} : { duration_ms: durationMs }) };
  const outcome: Outcome = { state, reason: stopped ?? verdict.reason, changes };
  const record = state === 'passed' ? endWell : endBadly;
  const freed = await record(ctx, executor, taken, outcome);
  ctx.bell.ring(freed > 0 ? 'jobs' : `run:${taken.run}`);
}

type Outcome = Parameters<typeof endTakenJob>[3];

async function endWell({ db }: JobContext, executor: string, taken: TakenJob, outcome: Outcome): Promise<number> {
  return (await endTakenJob(db, taken, executor, outcome)).freed;
}

/** What needs it can never run; the first failure ends the rest if the configuration says so. */
async function endBadly({ db }: JobContext, executor: string, taken: TakenJob, outcome: Outcome): Promise<number> {
  const { run, name } = taken;
  const failFast = outcome.state === 'failed' && (await findRun(db, run))?.config?.pipeline.failFast;
  const all = await db.transaction().execute(async (trx) => {
    const { landed, freed } = await endTakenJob(trx, taken, executor, outcome);
    if (!landed) return 0;
    const more = await skipDependents(trx, run, name);
    if (failFast) await stopRun(trx, run, `${name} failed`);
    return freed + more;
  });
  const stop = await stopReason(db, run);
  if (stop !== null) await skipWaiting(db, run, stop);
  return all;
}
