import { type ErrorReport, KovaError, reportOf } from '@kova/core/errors/kova-error';
import { runVerdict } from '@kova/core/pipeline/outcome';
import { type RunState, stateAfter } from '@kova/core/pipeline/state';
import { fail, type Verdict } from '@kova/core/verdict';
import type { Context } from '../context.ts';
import { jobsOf } from '../store/jobs.ts';
import { endRun, stopRequest } from '../store/runs.ts';
import { beyond, deadlines } from './steps/deadlines.ts';
import { awaitEnd } from './steps/pipeline/await-end.ts';
import { requirePlanned } from './steps/pipeline/graph.ts';
import { openRun } from './steps/pipeline/open.ts';
import { planRun } from './steps/pipeline/plan.ts';
import { awaitTurn, wakeWaiting } from './steps/pipeline/turn.ts';
import { step } from './steps/step.ts';

const named = (name: string, deadlineMs: number = deadlines.record) => ({ name: `pipeline.${name}`, deadlineMs });
/** A run waits longer, too, but its step is recorded now and then. */
const waitMs = 3_600_000;

/** What a run came to; the error when it could not even be planned. */
export interface RunEnd {
  verdict: Verdict;
  error: ErrorReport | null;
}

/**
 * Proves a commit. Jobs whose result is known from an earlier run are not run again; the others are opened to those who
 * take jobs, and each that ends opens those that it was the last to hold up (`job.ts`).
 */
export async function pipeline(ctx: Context, id: string): Promise<RunEnd> {
  try {
    if (!(await awaitTurn(ctx, id))) return await step(named('over'), () => endOf(ctx, id));
    const planning = { ...named('plan', deadlines.plan), aborted: () => stopRequest(ctx.db, id) };
    if (await step(planning, (signal) => planRun(ctx, id, signal))) {
      await step(named('open'), () => openRun(ctx, id));
      while (!(await step(named('wait', beyond(waitMs)), (signal) => awaitEnd(ctx, id, signal, waitMs))));
    }
    return { verdict: await step(named('judge'), () => judge(ctx, id)), error: null };
  } catch (thrown) {
    const error = reportOf(thrown);
    const state = error.code === 'CANCELLED' ? 'cancelled' : 'failed';
    await step(named('failed'), () => end(ctx, id, state, error.message));
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

async function judge(ctx: Context, id: string): Promise<Verdict> {
  const { config, stop } = await requirePlanned(ctx, id);
  const jobs = await jobsOf(ctx.db, id);
  const verdict = runVerdict(jobs, config.pipeline.inconclusive);
  const cancelled = stop !== null && !jobs.some(({ state }) => state === 'failed');
  await end(ctx, id, cancelled ? 'cancelled' : stateAfter(verdict), cancelled ? stop : verdict.reason);
  return cancelled ? fail(stop) : verdict;
}

/** Ends the run, and wakes those of its branch that wait and who follows it. */
async function end(ctx: Context, id: string, state: RunState, reason: string): Promise<void> {
  await endRun(ctx.db, id, state, reason);
  ctx.bell.ring(`ended:${id}`);
  await wakeWaiting(ctx, id, 'ended');
}
