import { KovaError } from '@kova/core/errors/kova-error';
import type { Context } from '../context.ts';
import { findJob } from '../store/jobs.ts';
import { readRun } from './runs.ts';

/** What a job prints, from its beginning until it has ended. @throws KovaError NOT_FOUND */
export async function* jobLogLines(
  ctx: Context,
  run: string,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<{ text: string }> {
  const ended = async () => {
    const job = await findJob(ctx.db, { run, name });
    if (!job) throw new KovaError('NOT_FOUND', `there is no job ${name} in ${run}`);
    return job.ended_at !== null;
  };
  // Says which of the two there is not.
  await readRun(ctx, run);
  await ended();
  for await (const text of ctx.jobs.log({ run, name }, ended, signal)) yield { text };
}
