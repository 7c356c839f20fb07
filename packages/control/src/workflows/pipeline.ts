import { DBOS } from '@dbos-inc/dbos-sdk';
import { reportOf } from '@kova/core/errors/kova-error';
import { runVerdict } from '@kova/core/pipeline/outcome';
import { type RunState, stateAfter } from '@kova/core/pipeline/state';
import type { Verdict } from '@kova/core/verdict';
import type { Context } from '../context.ts';
import { jobsOf } from '../store/jobs.ts';
import { endRun } from '../store/runs.ts';
import { requireRun } from './steps/pipeline/graph.ts';
import { planRun } from './steps/pipeline/plan.ts';
import { step } from './steps/step.ts';

const named = (name: string, deadlineMs = 60_000) => ({ name: `pipeline.${name}`, deadlineMs });
const topic = 'ended';

/** Queues a job of a run; does nothing when it was queued before. */
export type JobStarter = (run: string, job: string) => Promise<void>;

/**
 * Proves a commit. Jobs whose result is known from an earlier run are not run again; of the others those that need
 * nothing are queued here, and each queues those that it was the last to hold up (`job.ts`).
 */
export async function pipeline(ctx: Context, start: JobStarter, id: string): Promise<Verdict> {
  try {
    const ready = await step(named('plan', 300_000), (signal) => planRun(ctx, id, signal));
    for (const job of ready) await start(id, job);
    while (!(await step(named('look'), () => hasEnded(ctx, id)))) await DBOS.recv(topic, { timeoutSeconds: 60 });
    return await step(named('judge'), () => judge(ctx, id));
  } catch (error) {
    const { message } = reportOf(error);
    await step(named('failed'), () => endRun(ctx.db, id, 'failed', message));
    return { outcome: 'fail', reason: message };
  }
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
  const verdict = runVerdict(await jobsOf(ctx.db, id), config.pipeline.inconclusive);
  const state: RunState = stop?.startsWith('cancelled by ') ? 'cancelled' : stateAfter(verdict);
  await endRun(ctx.db, id, state, verdict.reason);
  return verdict;
}
