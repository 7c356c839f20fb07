import { KovaError } from '@kova/core/errors/kova-error';
import type { Context } from '../context.ts';
import { findJob } from '../store/jobs.ts';
import { requireRun } from '../store/runs.ts';

/** What a job prints, some lines at a time, from its beginning until it has ended. @throws KovaError NOT_FOUND */
export async function jobLog(
  ctx: Context,
  run: string,
  name: string,
): Promise<(signal: AbortSignal) => AsyncGenerator<{ text: string }>> {
  const ended = async () => {
    const job = await findJob(ctx.db, { run, name });
    if (job) return job.ended_at !== null;
    const { config, state } = await requireRun(ctx.db, run);
    // Of a run that is not planned yet nobody knows the jobs.
    if (state === 'running' && config === null) return false;
    throw new KovaError('NOT_FOUND', `there is no job ${name} in ${run}`);
  };
  await ended();
  return async function* (signal) {
    for await (const text of ctx.jobs.log({ run, name }, ended, signal)) yield { text };
  };
}
