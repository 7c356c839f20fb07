import { changedBy } from '@kova/core/deployment/deployment';
import { hasCode } from '@kova/core/errors/kova-error';
import { splitTo } from '@kova/core/traffic/split';
import type { Context } from '../context.ts';
import { publishRoute } from '../routing/publish.ts';
import { becomeLive, keepAsStandby, readEnvironment, setWeights } from '../store/environments.ts';
import { holdCommit } from '../store/holds.ts';
import { advance, transition } from '../store/transition.ts';
import type { Plan } from './plan.ts';
import { readPlan } from './plan.ts';
import { beyond, deadlines } from './steps/deadlines.ts';
import { insist } from './steps/insist.ts';
import { launchSlot } from './steps/start.ts';
import { step } from './steps/step.ts';
import { vacate } from './steps/vacate.ts';

/**
 * Takes users back to the release that was live before: the automatic rollback.
 *
 * 1. The decision is recorded, and nothing else may move this deployment's traffic from here on.
 * 2. The earlier release must be able to serve: its instances are warm, or are started again.
 * 3. The edge gets the earlier weights as one pointer swap.
 * 4. The commit is held, so that nothing deploys it again by itself.
 * 5. The bad instances are stopped when they have drained.
 *
 * It does not give up: while the edge or the store stands in the way, the reason says so and it is tried again.
 * When there is nothing healthy to go back to, traffic stays where it is: the last set that serves is never removed.
 */
export async function revert(
  ctx: Context,
  plan: Plan,
  event: 'breach' | 'cancel' | 'fail',
  reason: string,
): Promise<void> {
  const { id } = plan.deployment;
  const tell = (why: string) => `${reason}; going back waits: ${why}`;
  const named = (name: string, deadlineMs: number = deadlines.shift) => ({ name: `revert.${name}`, deadlineMs, tell });
  await insist(ctx, id, named('decide'), () => advance(ctx.db, id, event, reason));
  const target = { name: 'revert.target', deadlineMs: beyond(plan.app.health.deadline) };
  const ready = await step(target, () => makeTargetReady(ctx, plan)).catch(notAble);
  if (!ready.able) {
    await insist(ctx, id, named('keep'), () => keep(ctx, plan, `${reason}; traffic stays: ${ready.reason}`));
    return;
  }
  await insist(ctx, id, named('swap'), () => moveAll(ctx, plan, 0));
  const told = `rolled back: ${reason} on ${plan.colour} (${plan.release.id})`;
  await insist(ctx, id, named('hold'), () => hold(ctx, plan, event, told));
  await insist(ctx, id, named('stop', deadlines.vacate), () => stopBad(ctx, plan));
}

async function makeTargetReady(ctx: Context, { deployment }: Plan): Promise<{ able: boolean; reason: string }> {
  if (!deployment.replaces) return { able: false, reason: 'there is no earlier release' };
  const { live } = await readEnvironment(ctx.db, deployment.project, deployment.environment);
  if (!live) return { able: false, reason: 'the earlier release is gone' };
  const target = await readPlan(ctx, live.deployment);
  const instances = await ctx.runtime.instances(target.slot);
  if (instances.some((instance) => instance.state === 'ready')) return { able: true, reason: 'the standby is warm' };
  return launchSlot(ctx, target).then(
    () => ({ able: true, reason: 'the earlier release was started again' }),
    (error: Error) => {
      if (hasCode(error, 'STORE_UNAVAILABLE')) throw error;
      return notAble(error);
    },
  );
}

function notAble(error: Error): { able: boolean; reason: string } {
  return { able: false, reason: `the earlier release cannot serve: ${error.message}` };
}

async function moveAll(ctx: Context, { deployment, colour }: Plan, weight: 0 | 100): Promise<void> {
  await setWeights(ctx.db, deployment, ['reverting'], splitTo(colour, weight, true));
  await publishRoute(ctx, deployment.project, deployment.environment);
}

async function hold(
  ctx: Context,
  { deployment }: Plan,
  event: 'breach' | 'cancel' | 'fail',
  reason: string,
): Promise<void> {
  const { id, project, environment, kind } = deployment;
  if (kind === 'deploy')
    await holdCommit(ctx.db, { project, environment, commit: changedBy(deployment), deployment: id, reason });
  // Who aborts a rollback says nothing against the release, which was healthy here before.
  const failed = kind === 'deploy' || event !== 'cancel';
  const changes = failed ? { health: 'failed' as const, recovered_at: new Date() } : {};
  await advance(ctx.db, id, 'reverted', reason, changes);
}

async function stopBad(ctx: Context, { deployment }: Plan): Promise<void> {
  const { project, environment, id } = deployment;
  const { slots } = await readEnvironment(ctx.db, project, environment);
  const bad = slots.find((slot) => slot.deployment === id);
  if (bad) await vacate(ctx, project, environment, bad);
}

/** A canary may be at a part of the traffic only: what cannot serve must not keep the rest. */
async function keep(ctx: Context, plan: Plan, reason: string): Promise<void> {
  const { deployment, release } = plan;
  const { id, project, environment, replaces } = deployment;
  await moveAll(ctx, plan, 100);
  await ctx.db.transaction().execute(async (trx) => {
    const kept = await transition(trx, id, 'kept', reason, { health: 'degraded', live_at: new Date() });
    if (!kept) return;
    await becomeLive(trx, deployment);
    if (!replaces) return;
    await transition(trx, replaces, 'replaced', `could not serve when ${release.id} failed`);
    await keepAsStandby(trx, { project, environment }, replaces, 0);
  });
}
