import { formatDuration } from '@kova/core/config/duration';
import { slotId } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import { splitTo } from '@kova/core/traffic/split';
import { type ShiftStep, type Strategy, shiftSteps } from '@kova/core/traffic/strategy';
import type { Context } from '../../context.ts';
import { publishRoute } from '../../routing/publish.ts';
import { noteReason } from '../../store/deployments.ts';
import { readEnvironment, setWeights } from '../../store/environments.ts';
import { advance } from '../../store/transition.ts';
import type { Plan } from '../plan.ts';
import { deadlines } from './deadlines.ts';
import { hold, type ShiftOutcome } from './hold.ts';
import { servedVerdict } from './served.ts';
import { step } from './step.ts';

/** Moves traffic step by step; each step, and the stability window at the end, must hold. */
export async function shift(ctx: Context, plan: Plan): Promise<ShiftOutcome> {
  const { deployment, environment } = plan;
  const strategy = await step({ name: 'shift.strategy', deadlineMs: deadlines.record }, () => strategyFor(ctx, plan));
  for (const part of shiftSteps(strategy)) {
    await step({ name: `shift.${part.weight}`, deadlineMs: deadlines.shift }, () => moveTraffic(ctx, plan, part));
    if (part.weight === 100) break;
    const outcome = await hold(ctx, plan, part.holdMs, `${part.weight} % of the traffic`);
    if (outcome.verdict.outcome === 'fail') return outcome;
  }
  const served = `all traffic is on ${plan.colour}; it must hold for ${formatDuration(environment.stability)}`;
  await step({ name: 'shift.done', deadlineMs: deadlines.record }, () =>
    advance(ctx.db, deployment.id, 'shifted', served),
  );
  return hold(ctx, plan, environment.stability, 'all traffic');
}

async function moveTraffic(ctx: Context, plan: Plan, { weight }: ShiftStep): Promise<void> {
  const { deployment, colour } = plan;
  const { live } = await readEnvironment(ctx.db, deployment.project, deployment.environment);
  const split = splitTo(colour, weight, live !== null && live.deployment !== deployment.id);
  if (!(await setWeights(ctx.db, deployment, ['shifting'], split))) {
    throw new KovaError('PHASE_CONFLICT', `${deployment.id} may not move traffic any more`);
  }
  await ctx.db
    .updateTable('deployments')
    .set({ traffic_at: new Date() })
    .where('id', '=', deployment.id)
    .where('traffic_at', 'is', null)
    .execute();
  await noteReason(ctx.db, deployment.id, `${split[colour]} % on ${colour}`);
  await publishRoute(ctx, deployment.project, deployment.environment);
  if (weight < 100) return;
  const { outcome, reason } = await servedVerdict(ctx, plan);
  if (outcome !== 'pass') throw new KovaError('HEALTH_FAILED', reason);
}

/** All at once where there is nothing to share with: a live slot in which nothing is ready must not hold up its fix. */
async function strategyFor(ctx: Context, { deployment, environment }: Plan): Promise<Strategy> {
  const allAtOnce = { kind: 'blue-green' as const };
  if (deployment.kind === 'rollback' || environment.strategy.kind === 'blue-green') return allAtOnce;
  const { live } = await readEnvironment(ctx.db, deployment.project, deployment.environment);
  if (!live) return allAtOnce;
  const instances = await ctx.runtime.instances(slotId(deployment.project, deployment.environment, live.colour));
  return instances.some(({ state }) => state === 'ready') ? environment.strategy : allAtOnce;
}
