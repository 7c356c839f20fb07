import type { Phase } from '@kova/core/deployment/phase';
import { reportOf } from '@kova/core/errors/kova-error';
import type { Context } from '../context.ts';
import { compensate } from './compensate.ts';
import { type Plan, readPlan, requireDeployment } from './plan.ts';
import { begin } from './steps/begin.ts';
import { deadlines } from './steps/deadlines.ts';
import { step } from './steps/step.ts';

/** Takes a deployment out of the queue and through `procedure`; what cannot go on is undone. Returns its last phase. */
export async function carryOut(ctx: Context, id: string, procedure: (plan: Plan) => Promise<void>): Promise<Phase> {
  const named = (name: string) => ({ name, deadlineMs: deadlines.record });
  try {
    const wanted = await step(named('begin'), () => begin(ctx, id));
    if (wanted) await procedure(await step(named('plan'), () => readPlan(ctx, id)));
  } catch (error) {
    await compensate(ctx, id, reportOf(error));
  }
  const { phase } = await step(named('end'), () => requireDeployment(ctx.db, id));
  return phase;
}
