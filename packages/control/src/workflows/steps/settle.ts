import type { ReleaseHealth } from '@kova/core/deployment/deployment';
import type { Context } from '../../context.ts';

import type { Store } from '../../store/connect.ts';
import { holdCommit } from '../../store/holds.ts';
import { advance, transition } from '../../store/transition.ts';
import type { Plan } from '../plan.ts';
import { requireDeployment } from '../plan.ts';

/** The release is live: recorded in one transaction with what becomes of the one it replaced, which stays as standby. */
export async function settle(ctx: Context, plan: Plan, health: ReleaseHealth, reason: string): Promise<void> {
  const { deployment, environment } = plan;
  const { id, project, kind, replaces } = deployment;
  const now = new Date();
  await ctx.db.transaction().execute(async (trx) => {
    await advance(trx, id, 'held', reason, { health, live_at: now });
    await trx
      .updateTable('environments')
      .set({ live_deployment: id })
      .where('project', '=', project)
      .where('name', '=', deployment.environment)
      .execute();
    if (!replaces) return;
    if (kind === 'rollback') await settleUndone(trx, plan, replaces);
    else await transition(trx, replaces, 'replaced', `replaced by ${plan.release.id}`);
    await trx
      .updateTable('slots')
      .set({ standby_until: new Date(now.getTime() + environment.standby) })
      .where('project', '=', project)
      .where('environment', '=', deployment.environment)
      .where('deployment', '=', replaces)
      .execute();
  });
}

/** What a rollback leaves failed, until the moment that users were off it; its commit is held. */
async function settleUndone(db: Store, { deployment, release }: Plan, replaces: string): Promise<void> {
  const reason = `rolled back to ${release.id} by ${deployment.requestedBy}`;
  const { trafficAt } = await requireDeployment(db, deployment.id);
  const { project, environment, commit, id } = await requireDeployment(db, replaces);
  await transition(db, id, 'undone', reason, { health: 'failed', recovered_at: trafficAt ?? new Date() });
  await holdCommit(db, { project, environment, commit, deployment: id, reason });
}
