import { KovaError } from '@kova/core/errors/kova-error';
import { isOf } from '@kova/core/pipeline/graph';
import type { Context } from '../context.ts';
import type { LogQuery } from '../ports/job-runner.ts';
import { jobsOf } from '../store/jobs.ts';
import { newestRuns } from '../store/runs.ts';
import { readRun } from './runs.ts';
import type { LogMatchView } from './views.ts';

/** What the logs of a run say of it, job by job. @param job only this one. @throws KovaError NOT_FOUND, INPUT_INVALID */
export async function* searchRun(
  ctx: Context,
  run: string,
  job: string | null,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<LogMatchView> {
  for (const { name } of await jobsOf(ctx.db, run)) {
    if (signal.aborted) return;
    if (job !== null && !isOf(job, name)) continue;
    const { lines, cut } = await ctx.jobs.search({ run, name }, query, signal);
    for (const line of lines) yield { run, job: name, ...line, cut: false };
    const last = lines.at(-1);
    if (cut && last) yield { run, job: name, ...last, text: '', found: false, cut: true };
  }
}

/** The same of the newest runs of a project, the newest first. */
export async function* searchProject(
  ctx: Context,
  project: string,
  last: number,
  job: string | null,
  query: LogQuery,
  signal: AbortSignal,
): AsyncGenerator<LogMatchView> {
  for (const run of await newestRuns(ctx.db, project, last)) yield* searchRun(ctx, run, job, query, signal);
}

/** Says which of the two there is not. @throws KovaError NOT_FOUND */
export async function requireJobs(ctx: Context, run: string, job: string | null): Promise<void> {
  const { jobs } = await readRun(ctx, run);
  if (job === null || jobs.some(({ name }) => isOf(job, name))) return;
  throw new KovaError('NOT_FOUND', `there is no job ${job} in ${run}`);
}
