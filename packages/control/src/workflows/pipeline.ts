import { DBOS } from '@dbos-inc/dbos-sdk';
import { type ErrorReport, KovaError, reportOf } from '@kova/core/errors/kova-error';
import { runVerdict } from '@kova/core/pipeline/outcome';
import { stateAfter } from '@kova/core/pipeline/state';
import { fail, type Verdict } from '@kova/core/verdict';
import type { Context } from '../context.ts';
import { jobsOf } from '../store/jobs.ts';
import { endRun, stopReason } from '../store/runs.ts';
import { deadlines } from './steps/deadlines.ts';
import { requireRun } from './steps/pipeline/graph.ts';
import { planRun } from './steps/pipeline/plan.ts';
import { awaitTurn, wakeWaiting } from './steps/pipeline/turn.ts';
import { step } from './steps/step.ts';

const named = (name: string, deadlineMs: number = deadlines.record) => ({ name: `pipeline.${name}`, deadlineMs });
const topic = 'ended';

/** Queues a job of a run; does nothing when it was queued before. */
export type JobStarter = (run: string, job: string) => Promise<void>;

/** What a run came to; the error when it could not even be planned. */
export interface RunEnd {
  verdict: Verdict;
  error: ErrorReport | null;
}

/**
 * Proves a commit. Jobs whose result is known from an earlier run are not run again; of the others those that need
 * nothing are queued here, and each queues those that it was the last to hold up (`job.ts`).
 */
export async function pipeline(ctx: Context, start: JobStarter, id: string): Promise<RunEnd> {
  try {
    await step(named('come'), () => wakeWaiting(ctx, id, 'came'));
    if (!(await awaitTurn(ctx, id))) return await step(named('over'), () => endOf(ctx, id));
    const planning = { ...named('plan', deadlines.plan), aborted: () => stopped(ctx, id) };
    const ready = await step(planning, (signal) => planRun(ctx, id, signal));
    for (const job of ready) await start(id, job);
    while (!(await step(named('look'), () => hasEnded(ctx, id)))) await DBOS.recv(topic, { timeoutSeconds: 60 });
    const verdict = await step(named('judge'), () => judge(ctx, id));
    await step(named('next'), () => wakeWaiting(ctx, id, 'ended'));
    return { verdict, error: null };
  } catch (thrown) {
    const error = reportOf(thrown);
    const state = error.code === 'CANCELLED' ? 'cancelled' : 'failed';
    await step(named('failed'), () => endRun(ctx.db, id, state, error.message));
    await step(named('next'), () => wakeWaiting(ctx, id, 'ended'));
    return { verdict: fail(error.message), error };
  }
}

/** What a run came to that never began. */
async function endOf(ctx: Context, id: string): Promise<RunEnd> {
  const { state, reason } = await ctx.db
    .selectFrom('runs')
    .select(['state', 'reason'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const error = reportOf(new KovaError(state === 'superseded' ? 'SUPERSEDED' : 'CANCELLED', reason));
  return { verdict: fail(reason), error };
}

async function stopped(ctx: Context, id: string): Promise<{ reason: string } | null> {
  const reason = await stopReason(ctx.db, id);
  return reason === null ? null : { reason };
}

/** Wakes the run when its last job has ended. */
export async function sayEnded(run: string, job: string): Promise<void> {
  await DBOS.send(run, 'ended', topic, `${run}:${job}:ended`);
}

export async function hasEnded(ctx: Context, run: string): Promise<boolean> {
  const open = await ctx.db
    .selectFrom('jobs')
    .select('name')
    .where('run', '=', run)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return open === undefined;
}

async function judge(ctx: Context, id: string): Promise<Verdict> {
  const { config, stop } = await requireRun(ctx, id);
  const jobs = await jobsOf(ctx.db, id);
  const verdict = runVerdict(jobs, config.pipeline.inconclusive);
  const cancelled = stop !== null && !jobs.some(({ state }) => state === 'failed');
  await endRun(ctx.db, id, cancelled ? 'cancelled' : stateAfter(verdict), cancelled ? stop : verdict.reason);
  return cancelled ? fail(stop) : verdict;
}
