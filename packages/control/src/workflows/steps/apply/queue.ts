import type { Context } from '../../../context.ts';
import { requireApply } from '../../../store/applies.ts';
import { createDeployment, findDeployment } from '../../../store/deployments.ts';
import type { ToApply } from './check.ts';
import { configurationFor, lockAsPlanned } from './in-force.ts';
import { refuseAborted } from './refuse-aborted.ts';

/**
 * Queues the deployment of the release that is live with its new configuration. Idempotent.
 * @throws KovaError PLAN_STALE, CANCELLED
 */
export async function queueDeployment(
  ctx: Context,
  id: string,
  deployment: string,
  next: ToApply,
  signal: AbortSignal,
): Promise<void> {
  const { live, project, environment } = next;
  if (!live || (await findDeployment(ctx.db, deployment))) return;
  const { requested_by: requestedBy } = await requireApply(ctx.db, id);
  const configuration = await configurationFor(ctx, id, live.release, signal);
  await ctx.db.transaction().execute(async (trx) => {
    await lockAsPlanned(trx, next);
    await refuseAborted({ db: trx }, id);
    await createDeployment(trx, {
      ...{ id: deployment, project, environment, release: live.release, kind: 'deploy', forced: false },
      ...{ requestedBy, configuration },
    });
  });
}
