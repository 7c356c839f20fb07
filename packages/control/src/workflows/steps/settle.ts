import { changedBy, type ReleaseHealth } from '@kova/core/deployment/deployment';
import type { Context } from '../../context.ts';
import type { Store } from '../../store/connect.ts';
import { becomeLive, keepAsStandby } from '../../store/environments.ts';
import { holdCommit, liftHold } from '../../store/holds.ts';
import { advance, noteEvent, transition } from '../../store/transition.ts';
import type { Plan } from '../plan.ts';
import { requireDeployment } from '../plan.ts';

/**
 * The release is live: recorded in one transaction with what becomes of the one it replaced, which stays as standby.
 * A commit that was held and has now held its window is held no more. Idempotent.
 */
export async function settle(ctx: Context, plan: Plan, health: ReleaseHealth, reason: string): Promise<void> {
  const { deployment, environment } = plan;
  const { id, project, kind, replaces } = deployment;
  const commit = changedBy(deployment);
  const now = new Date();
  await ctx.db.transaction().execute(async (trx) => {
    await advance(trx, id, 'held', reason, { health, live_at: now });
    await becomeLive(trx, deployment);
    if (kind === 'deploy' && health === 'healthy' && (await liftHold(trx, { ...deployment, commit }))) {
      await noteEvent(trx, id, 'live', `commit ${commit.slice(0, 10)} is held no more: it held its window`);
    }
    if (!replaces) return;
    if (kind === 'rollback') await settleUndone(trx, plan, replaces);
    else await transition(trx, replaces, 'replaced', `replaced by ${plan.release.id}`);
    await keepAsStandby(trx, { project, environment: deployment.environment }, replaces, environment.standby);
  });
}

/** What a rollback leaves failed, until the moment that users were off it; its commit is held. */
async function settleUndone(db: Store, { deployment, release }: Plan, replaces: string): Promise<void> {
  const reason = `rolled back to ${release.id} by ${deployment.requestedBy}`;
  const { trafficAt } = await requireDeployment(db, deployment.id);
  const undone = await requireDeployment(db, replaces);
  const { project, environment, id } = undone;
  await transition(db, id, 'undone', reason, { health: 'failed', recovered_at: trafficAt ?? new Date() });
  await holdCommit(db, { project, environment, commit: changedBy(undone), deployment: id, reason });
}
