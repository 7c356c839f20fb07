import { fail } from '@kova/core/verdict';
import type { Context } from '../context.ts';
import { hasEnded, type JobStarter, sayEnded } from './pipeline.ts';
import { deadlines } from './steps/deadlines.ts';
import { concludeJob } from './steps/pipeline/conclude.ts';
import { type JobEnd, runOneJob } from './steps/pipeline/run-job.ts';
import { step } from './steps/step.ts';

/** Runs one job of a run, and queues those that it was the last to hold up. */
export async function job(ctx: Context, start: JobStarter, run: string, name: string): Promise<void> {
  const named = (part: string, deadlineMs: number = deadlines.record) => ({ name: `job.${part}`, deadlineMs });
  const end = await step(named('run', deadlines.job), (signal) => runOneJob(ctx, run, name, signal)).catch(
    (error: Error): JobEnd => ({ verdict: fail(error.message), stopped: null, durationMs: null, code: 'INTERNAL' }),
  );
  const ready = await step(named('conclude'), () => concludeJob(ctx, run, name, end));
  for (const next of ready) await start(run, next);
  if (await step(named('last'), () => hasEnded(ctx, run))) await sayEnded(run, name);
}
