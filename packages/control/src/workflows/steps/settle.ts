import type { ReleaseHealth } from '@kova/core/deployment/deployment';
import type { Context } from '../../context.ts';

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
    const gone = kind === 'rollback' ? ('undone' as const) : ('replaced' as const);
    const failed = kind === 'rollback' ? { health: 'failed' as const, recovered_at: now } : {};
    await transition(
      trx,
      replaces,
      gone,
      `${kind === 'rollback' ? 'rolled back to' : 'replaced by'} ${plan.release.id}`,
      failed,
    );
    await trx
      .updateTable('slots')
      .set({ standby_until: new Date(now.getTime() + environment.standby) })
      .where('project', '=', project)
      .where('environment', '=', deployment.environment)
      .where('deployment', '=', replaces)
      .execute();
  });
}

/** A rollback holds the commit that it undoes as soon as users are off it. */
export async function holdReplaced(ctx: Context, { deployment }: Plan, reason: string): Promise<void> {
  if (deployment.kind !== 'rollback' || !deployment.replaces) return;
  const { project, environment, commit, id } = await requireDeployment(ctx.db, deployment.replaces);
  await holdCommit(ctx.db, { project, environment, commit, deployment: id, reason });
}
