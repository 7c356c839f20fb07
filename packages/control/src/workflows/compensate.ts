import { type ErrorReport, hasCode } from '@kova/core/errors/kova-error';
import type { Context } from '../context.ts';
import { publishRoute } from '../routing/publish.ts';
import { abortRequest } from '../store/deployments.ts';
import { readEnvironment } from '../store/environments.ts';
import { transition } from '../store/transition.ts';
import { readPlan, requireDeployment } from './plan.ts';
import { revert } from './revert.ts';
import { deadlines } from './steps/deadlines.ts';
import { insist } from './steps/insist.ts';
import { step } from './steps/step.ts';
import { vacate } from './steps/vacate.ts';

/** Undoes what a deployment that cannot go on has done. Where users may be on it, traffic goes back first. */
export async function compensate(ctx: Context, id: string, error: ErrorReport): Promise<void> {
  const { phase } = await step({ name: 'compensate.look', deadlineMs: deadlines.record }, () =>
    requireDeployment(ctx.db, id),
  );
  if (phase === 'shifting' || phase === 'stabilizing' || phase === 'reverting') {
    const plan = await step({ name: 'compensate.plan', deadlineMs: deadlines.record }, () => readPlan(ctx, id));
    await revert(ctx, plan, 'fail', error.message);
    return;
  }
  await insist(ctx, id, { name: 'compensate.end', deadlineMs: deadlines.record }, () => end(ctx, id, error));
  await insist(ctx, id, { name: 'compensate.clean', deadlineMs: deadlines.vacate }, () => clean(ctx, id));
}

async function end(ctx: Context, id: string, error: ErrorReport): Promise<void> {
  const request = hasCode(error, 'CANCELLED') ? await abortRequest(ctx.db, id) : null;
  if (
    request?.event === 'supersede' &&
    (await transition(ctx.db, id, 'supersede', request.reason, { code: error.code }))
  )
    return;
  await transition(ctx.db, id, request ? 'cancel' : 'fail', error.message, { code: error.code });
}

async function clean(ctx: Context, id: string): Promise<void> {
  const { project, environment } = await requireDeployment(ctx.db, id);
  const { slots, liveDeployment } = await readEnvironment(ctx.db, project, environment);
  const mine = slots.find((slot) => slot.deployment === id);
  if (mine && id !== liveDeployment) await vacate(ctx, project, environment, mine);
  else await publishRoute(ctx, project, environment);
}
