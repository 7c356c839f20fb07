import type { Context } from '../../../context.ts';
import { jobsOf, moveJob } from '../../../store/jobs.ts';
import { stopReason, stopRun } from '../../../store/runs.ts';
import { graphOf, requireRun } from './graph.ts';
import { blockedJobs, readyJobs } from './ready.ts';

/**
 * Looks at a run when something in it has ended: jobs that can never be run are skipped, and the first failure ends the
 * rest if the configuration says so. Returns the jobs that can be run now. Idempotent.
 */
export async function nextJobs(ctx: Context, id: string): Promise<string[]> {
  const run = await requireRun(ctx, id);
  const graph = graphOf(run);
  const jobs = await jobsOf(ctx.db, id);
  const failed = jobs.find(({ state }) => state === 'failed');
  for (const { name, by } of blockedJobs(graph, jobs))
    await moveJob(ctx.db, { run: id, name }, 'skipped', `it needs ${by}`);
  if (failed && run.config.pipeline.failFast) await stopRun(ctx.db, id, `${failed.name} failed`);
  const stop = await stopReason(ctx.db, id);
  if (stop === null) return readyJobs(graph, jobs);
  for (const { name, state } of jobs)
    if (state === 'waiting') await moveJob(ctx.db, { run: id, name }, 'skipped', stop);
  return [];
}
