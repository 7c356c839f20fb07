import type { Context } from '../context.ts';
import { requestAbort } from '../store/deployments.ts';
import { sendSignal } from './signals.ts';
import { crashPoint } from './steps/crash-point.ts';

/** A newer release overtakes one that waits for approval: it must not hold up the environment. Idempotent. */
export async function overtakeWaiting(
  ctx: Context,
  newer: { id: string; project: string; environment: string; release: string },
): Promise<void> {
  const waiting = await ctx.db
    .selectFrom('deployments')
    .select('id')
    .where('project', '=', newer.project)
    .where('environment', '=', newer.environment)
    .where('phase', '=', 'awaiting-approval')
    .where('id', '!=', newer.id)
    .execute();
  for (const { id } of waiting) await endDeployment(ctx, id, 'supersede', `overtaken by ${newer.release}`);
}

/** Asks a deployment to end, whether it is at work on a step or waits. Idempotent. */
export async function endDeployment(
  ctx: Context,
  id: string,
  event: 'cancel' | 'supersede',
  reason: string,
): Promise<void> {
  await requestAbort(ctx.db, id, { event, reason });
  crashPoint('abort:recorded');
  await sendSignal(id, { kind: 'abort', event, reason }, event);
}
