import { fail } from '@kova/core/verdict';
import type { Context } from '../context.ts';
import { hasEnded, type JobStarter, sayEnded } from './pipeline.ts';
import { concludeJob } from './steps/pipeline/conclude.ts';
import { type JobEnd, runOneJob } from './steps/pipeline/run-job.ts';
import { step } from './steps/step.ts';

const hour = 3_600_000;

/** Runs one job of a run, and queues those that it was the last to hold up. */
export async function job(ctx: Context, start: JobStarter, run: string, name: string): Promise<void> {
  const named = (part: string, deadlineMs = 60_000) => ({ name: `job.${part}`, deadlineMs });
  const end = await step(named('run', 24 * hour), (signal) => runOneJob(ctx, run, name, signal)).catch(
    (error: Error): JobEnd => ({ verdict: fail(error.message), stopped: null, durationMs: null }),
  );
  const ready = await step(named('conclude'), () => concludeJob(ctx, run, name, end));
  for (const next of ready) await start(run, next);
  if (await step(named('last'), () => hasEnded(ctx, run))) await sayEnded(run, name);
}
