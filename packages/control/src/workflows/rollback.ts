import type { Phase } from '@kova/core/deployment/phase';
import { reportOf } from '@kova/core/errors/kova-error';
import type { Context } from '../context.ts';
import { compensate } from './compensate.ts';
import { makeReady, phaseAtEnd, planOf } from './deploy.ts';
import type { Plan } from './plan.ts';
import { awaitApproval } from './steps/approval.ts';
import { begin } from './steps/begin.ts';
import { settle } from './steps/settle.ts';
import { shift } from './steps/shift.ts';
import { step } from './steps/step.ts';

/**
 * Makes an earlier healthy release live again, by hand; `revert.ts` is what a breach during a deployment does.
 *
 * The target is made ready first (a standby already is), with its own recorded configuration; then traffic moves in one
 * step, and when it has settled the commit that was left is held. A breach while it is watched is recorded, but there is no way further back:
 * the release stays, degraded, and says so.
 */
export async function rollback(ctx: Context, id: string): Promise<Phase> {
  try {
    const wanted = await step({ name: 'begin', deadlineMs: 30_000 }, () => begin(ctx, id));
    if (wanted) await goBack(ctx, await planOf(ctx, id));
  } catch (error) {
    await compensate(ctx, id, reportOf(error));
  }
  return phaseAtEnd(ctx, id);
}

async function goBack(ctx: Context, plan: Plan): Promise<void> {
  const verified = await makeReady(ctx, plan);
  await awaitApproval(ctx, plan, verified);
  const { verdict } = await shift(ctx, plan);
  const health = verdict.outcome === 'fail' ? 'degraded' : 'healthy';
  await step({ name: 'settle', deadlineMs: 30_000 }, () => settle(ctx, plan, health, verdict.reason));
}
