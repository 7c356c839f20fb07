import type { JobState } from '@kova/core/pipeline/state';
import type { Context } from '../../../context.ts';
import { jobsOf, moveJob } from '../../../store/jobs.ts';
import { stopRun } from '../../../store/runs.ts';
import { graphOf, requireRun } from './graph.ts';
import { blockedJobs, readyJobs } from './ready.ts';
import type { JobEnd } from './run-job.ts';

const stateOf = { pass: 'passed', fail: 'failed', inconclusive: 'inconclusive' } as const;

/** Records what a job came to, and what that means for those that wait. Returns the jobs that can be run now. */
export async function concludeJob(ctx: Context, id: string, name: string, end: JobEnd): Promise<string[]> {
  const { verdict, stopped, durationMs } = end;
  const state: JobState = stopped === null ? stateOf[verdict.outcome] : 'cancelled';
  await moveJob(ctx.db, { run: id, name }, state, stopped ?? verdict.reason, {
    ...(durationMs === null ? {} : { duration_ms: durationMs }),
  });
  const run = await requireRun(ctx, id);
  if (state === 'failed' && run.config.pipeline.failFast) await stopRun(ctx.db, id, `${name} failed`);
  const graph = graphOf(run);
  const jobs = await jobsOf(ctx.db, id);
  for (const { name: blocked, by } of blockedJobs(graph, jobs)) {
    await moveJob(ctx.db, { run: id, name: blocked }, 'skipped', `it needs ${by}`);
  }
  if ((await requireRun(ctx, id)).stop !== null) return skipWaiting(ctx, id);
  return readyJobs(graph, jobs);
}

/** A run that is to stop begins nothing more. */
async function skipWaiting(ctx: Context, id: string): Promise<[]> {
  const { stop } = await requireRun(ctx, id);
  for (const { name, state } of await jobsOf(ctx.db, id)) {
    if (state === 'waiting') await moveJob(ctx.db, { run: id, name }, 'skipped', stop ?? '');
  }
  return [];
}
