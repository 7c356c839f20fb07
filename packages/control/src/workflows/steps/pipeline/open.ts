import type { Context } from '../../../context.ts';
import { openJobs, skipDependents, skipWaiting } from '../../../store/job-queue.ts';
import { jobsOf } from '../../../store/jobs.ts';
import { stopReason, stopRun } from '../../../store/runs.ts';
import { requirePlanned } from './graph.ts';

/**
 * Opens the jobs of a planned run to those who take them. What failed by a kept result counts as if it had failed now.
 * Idempotent.
 */
export async function openRun(ctx: Context, id: string): Promise<void> {
  const { config } = await requirePlanned(ctx, id);
  const known = (await jobsOf(ctx.db, id)).filter(({ cached }) => cached);
  const bad = known.filter(({ state }) => state !== 'passed');
  for (const { name } of bad) await skipDependents(ctx.db, id, name);
  const failed = bad.find(({ state }) => state === 'failed');
  if (failed && config.pipeline.failFast) await stopRun(ctx.db, id, `${failed.name} failed`);
  const stop = await stopReason(ctx.db, id);
  if (stop !== null) await skipWaiting(ctx.db, id, stop);
  await openJobs(ctx.db, id);
  ctx.bell.ring('jobs');
  ctx.bell.ring(`run:${id}`);
}
