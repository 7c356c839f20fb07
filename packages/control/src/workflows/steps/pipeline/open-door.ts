import { slotId } from '@kova/core/environment/slot';
import type { Context } from '../../../context.ts';
import type { OpenDoor } from '../../../ports/edge.ts';
import { readPlan } from '../../plan.ts';
import { isAskedFor, type PlannedRun } from './graph.ts';

/**
 * The way in for a job that checks a deployment: into the slot that no user is on. Null for one that proves a commit, and
 * for those that only make what the checks need: their results are for every run.
 */
export async function openDoor(ctx: Context, { check, jobs }: PlannedRun, job: string): Promise<OpenDoor | null> {
  if (!check || !isAskedFor(jobs ?? [], job)) return null;
  const { deployment, release, colour } = await readPlan(ctx, check.deployment);
  const { project, environment } = deployment;
  return ctx.edge.openDoor({
    routeId: `${project}/${environment}`,
    slotId: slotId(project, environment, colour),
    release: release.id,
  });
}
