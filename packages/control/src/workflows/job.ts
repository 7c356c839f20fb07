import { setTimeout as sleep } from 'node:timers/promises';
import { reportOf } from '@kova/core/errors/kova-error';
import { fail } from '@kova/core/verdict';
import type { JobContext } from '../context.ts';
import { say } from '../process-log.ts';
import { handBack, type TakenJob } from '../store/job-queue.ts';
import { deadlines } from './steps/deadlines.ts';
import { concludeJob } from './steps/pipeline/conclude.ts';
import { type JobEnd, runOneJob } from './steps/pipeline/run-job.ts';
import { carried } from './steps/step.ts';

const pauseMs = 5000;

/**
 * Carries out a job that this executor has taken, and opens those to be taken that it was the last to hold up. When the
 * signal aborts, nothing of the job runs any more, and it is handed back with the signal's reason.
 */
export async function job(ctx: JobContext, executor: string, taken: TakenJob, signal: AbortSignal): Promise<void> {
  const named = (part: string, deadlineMs: number = deadlines.record) => ({ name: `job.${part}`, deadlineMs });
  const running = (deadline: AbortSignal) => runOneJob(ctx, taken, AbortSignal.any([deadline, signal]));
  const end = await carried(named('run', deadlines.job), running).catch((error: Error): JobEnd => {
    return { verdict: fail(error.message), stopped: null, durationMs: null, code: 'INTERNAL' };
  });
  const conclude = () => concludeJob(ctx, executor, taken, end);
  const giveBack = () => handBack(ctx.db, taken, executor, reportOf(signal.reason).message);
  const recording = end.stopped !== null && signal.aborted ? giveBack : conclude;
  await untilDone(() => carried(named('conclude'), recording));
}

/** What a job came to is not lost, however long the store is away. */
async function untilDone(work: () => Promise<void>): Promise<void> {
  for (;;) {
    const error = await work().then(() => null, reportOf);
    if (error === null) return;
    say('recording what a job came to is tried again:', error.message);
    await sleep(pauseMs);
  }
}
