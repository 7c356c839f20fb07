import { stateAfter } from '@kova/core/pipeline/state';
import type { Context } from '../../../context.ts';
import { moveJob } from '../../../store/jobs.ts';
import { nextJobs } from './next-jobs.ts';
import type { JobEnd } from './run-job.ts';

/** Records what a job came to, and what that means for those that wait. Returns the jobs that can be run now. */
export async function concludeJob(ctx: Context, run: string, name: string, end: JobEnd): Promise<string[]> {
  const { verdict, stopped, durationMs, code } = end;
  const state = stopped === null ? stateAfter(verdict) : 'cancelled';
  const reason = stopped ?? verdict.reason;
  await moveJob(ctx.db, { run, name }, state, reason, {
    code,
    ...(durationMs === null ? {} : { duration_ms: durationMs }),
  });
  return nextJobs(ctx, run);
}
