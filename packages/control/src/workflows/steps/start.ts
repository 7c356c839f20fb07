import { KovaError } from '@kova/core/errors/kova-error';
import type { Context } from '../../context.ts';
import type { SlotSpec } from '../../ports/runtime.ts';
import { publishRoute } from '../../routing/publish.ts';
import { advance } from '../../store/transition.ts';
import type { Plan } from '../plan.ts';
import { instanceEnv } from './instance-env.ts';

/** Starts the instances and waits until all of them are ready. A warm standby is ready at once. */
export async function start(ctx: Context, plan: Plan, signal: AbortSignal): Promise<void> {
  const { deployment, environment } = plan;
  await launchSlot(ctx, plan, signal);
  await publishRoute(ctx, deployment.project, deployment.environment);
  await advance(
    ctx.db,
    deployment.id,
    'started',
    `${environment.instances} of ${environment.instances} instances are ready`,
  );
}

/** What the plan's slot shall run. */
export function slotSpec(plan: Plan, env: SlotSpec['env']): SlotSpec {
  const { release, environment, app, slot, directory } = plan;
  return {
    slot,
    release: release.id,
    directory,
    start: app.start,
    env,
    instances: environment.instances,
    health: { path: app.health.path, intervalMs: app.health.interval, timeoutMs: app.health.timeout },
    stopTimeoutMs: app.stopTimeout,
    maxLogBytes: app.maxLogBytes,
    ...carriedBy(plan),
  };
}

/** Makes the plan's slot run and ready. @throws KovaError START_FAILED with the runtime's reason */
export async function launchSlot(ctx: Context, plan: Plan, signal?: AbortSignal): Promise<void> {
  const { app, slot } = plan;
  await ctx.runtime.start(slotSpec(plan, await instanceEnv(ctx, plan)));
  const verdict = await ctx.runtime.awaitReady(slot, app.health.deadline, signal);
  if (verdict.outcome !== 'pass') throw new KovaError('START_FAILED', verdict.reason);
}

/** What only containers need to know: processes are specified as they always were. */
export function carriedBy({ release, environment }: Plan): Pick<SlotSpec, 'runtime' | 'image' | 'limits'> {
  const { runtime } = release.config;
  if (runtime === 'process') return {};
  return { runtime, limits: environment.limits, ...(release.image ? { image: release.image } : {}) };
}
