import type { Deed, PlannedChange } from '@kova/core/plan/plan';
import type { Context } from '../../../context.ts';
import { computePlan } from '../../../plan/compute.ts';
import { refuseUnlessSame } from '../../../plan/refuse.ts';
import { requireApply } from '../../../store/applies.ts';

/** What is to be done to an environment, without values that may be secret. */
export interface ToApply {
  project: string;
  environment: string;
  deed: Deed;
  changes: PlannedChange[];
  /** The deployment that was live and its release when this was planned. */
  live: { id: string; release: string } | null;
}

/** Plans once more, and gives what there is to do. @throws KovaError PLAN_STALE, PLAN_BLOCKED, CONFLICT */
export async function checkPlan(ctx: Context, id: string, signal: AbortSignal): Promise<ToApply[]> {
  const { project, commit_sha: commit, digest, environments: only } = await requireApply(ctx.db, id);
  const plan = await computePlan(ctx, { project, commit, only }, signal);
  refuseUnlessSame(plan, digest);
  return plan.environments
    .filter(({ deed }) => deed === 'create' || deed === 'direct' || deed === 'deployment')
    .map(({ environment, deed, changes, live }) => {
      return { project, environment, deed, changes, live: live && { id: live.id, release: live.release } };
    });
}
