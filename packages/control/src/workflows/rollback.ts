import type { Phase } from '@kova/core/deployment/phase';
import type { Context } from '../context.ts';
import { carryOut } from './carry-out.ts';
import { makeReady } from './deploy.ts';
import type { Plan } from './plan.ts';
import { revert } from './revert.ts';
import { awaitApproval } from './steps/approval.ts';
import { conclude } from './steps/conclude.ts';
import { shift } from './steps/shift.ts';

/**
 * Makes an earlier healthy release live again, by hand; `revert.ts` is what a breach during a deployment does.
 *
 * The target is made ready first (a standby already is), with its own recorded configuration; then traffic moves in one
 * step, and when it has settled the commit that was left is held. A breach while it is watched is recorded, but there
 * is no way further back by itself: the release stays, degraded, and says so. A person who aborts it gets back what was
 * live before, which is warm until then.
 */
export async function rollback(ctx: Context, id: string): Promise<Phase> {
  return carryOut(ctx, id, (plan) => goBack(ctx, plan));
}

async function goBack(ctx: Context, plan: Plan): Promise<void> {
  const verified = await makeReady(ctx, plan);
  await awaitApproval(ctx, plan, verified);
  const shifted = await shift(ctx, plan);
  if (shifted.event === 'cancel') return revert(ctx, plan, shifted.event, shifted.verdict.reason);
  const health = shifted.verdict.outcome === 'fail' ? 'degraded' : 'healthy';
  const { verdict, event } = await conclude(ctx, plan, health, shifted.verdict.reason);
  if (verdict.outcome === 'fail') await revert(ctx, plan, event, verdict.reason);
}
