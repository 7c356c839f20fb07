import type { Context } from '../context.ts';
import { endDeployment } from '../workflows/overtake.ts';
import type { Workflows } from '../workflows/register.ts';
import { sendSignal } from '../workflows/signals.ts';

/**
 * Starts the work of what was accepted but not started, since the control plane died in between.
 * Idempotent; what has started is left alone.
 */
export async function startAccepted(ctx: Context, workflows: Workflows): Promise<void> {
  const ships = await ctx.db.selectFrom('ships').select('id').where('ended_at', 'is', null).execute();
  for (const { id } of ships) await workflows.ship(id);
  const runs = await ctx.db.selectFrom('runs').select('id').where('ended_at', 'is', null).execute();
  for (const { id } of runs) await workflows.pipeline(id);
  const triggers = await ctx.db.selectFrom('triggers').select('id').where('ended_at', 'is', null).execute();
  for (const { id } of triggers) await workflows.trigger(id);
  const applies = await ctx.db.selectFrom('applies').select('id').where('ended_at', 'is', null).execute();
  for (const { id } of applies) await workflows.apply(id);
  const queued = await ctx.db
    .selectFrom('deployments')
    .select(['id', 'project', 'environment', 'kind'])
    .where('phase', '=', 'queued')
    // Those of a ship and an apply are queued by it.
    .where('ship', 'is', null)
    .where(({ or, eb }) => or([eb('apply', 'is', null), eb('kind', '=', 'rollback')]))
    .execute();
  for (const deployment of queued) await workflows.deployment(deployment);
}

/**
 * Wakes what waits although it was aborted or approved: the control plane died, or Postgres went away, before the
 * signal was sent. Idempotent; a signal that was sent is not sent again.
 */
export async function resendSignals(ctx: Context): Promise<void> {
  const waiting = ['awaiting-approval', 'shifting', 'stabilizing'] as const;
  const aborted = await ctx.db
    .selectFrom('deployments')
    .select(['id', 'abort'])
    .where('phase', 'in', waiting)
    .where('abort', 'is not', null)
    .execute();
  for (const { id, abort } of aborted) if (abort) await endDeployment(ctx, id, abort.event, abort.reason);
  const approved = await ctx.db
    .selectFrom('approvals')
    .innerJoin('deployments', 'deployments.id', 'approvals.deployment')
    .select(['approvals.deployment', 'approvals.person'])
    .where('deployments.phase', '=', 'awaiting-approval')
    .execute();
  for (const { deployment, person } of approved)
    await sendSignal(deployment, { kind: 'approved', person }, `approved:${person}`);
}
