import { slotId } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import type { JobContext } from '../../../context.ts';
import type { OpenDoor } from '../../../ports/edge.ts';
import { requireDeployment } from '../../plan.ts';
import { isAskedFor, type PlannedRun } from './graph.ts';

/**
 * The way in for a job that checks a deployment: into the slot that no user is on. Null for one that proves a commit, and
 * for those that only make what the checks need: their results are for every run.
 */
export async function openDoor(ctx: JobContext, { check, jobs }: PlannedRun, job: string): Promise<OpenDoor | null> {
  if (!check || !isAskedFor(jobs ?? [], job)) return null;
  const { project, environment, release, colour } = await requireDeployment(ctx.db, check.deployment);
  if (!colour) throw new KovaError('NOT_FOUND', `${check.deployment} has no slot`);
  return ctx.edge.openDoor({
    routeId: `${project}/${environment}`,
    slotId: slotId(project, environment, colour),
    release,
  });
}
