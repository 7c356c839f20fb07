import { isDeepStrictEqual } from 'node:util';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Context } from '../../context.ts';
import { occupySlot, readEnvironment, releaseIn, type SlotRecord } from '../../store/environments.ts';
import { advance } from '../../store/transition.ts';
import type { Plan } from '../plan.ts';
import { areSame, environmentSecrets, secretsInSlot } from './environment-secrets.ts';
import { provide } from './provide.ts';
import { vacate } from './vacate.ts';

/**
 * Brings what the release runs from to the idle slot. A standby that runs the wanted release is kept as it is, warm; any
 * other occupant is stopped when it has drained.
 */
export async function prepare(ctx: Context, plan: Plan, signal: AbortSignal): Promise<void> {
  const { deployment, release, colour } = plan;
  const { project, environment, id } = deployment;
  // Refused before anything is touched.
  await environmentSecrets(ctx, deployment, release.config);
  const { slots } = await readEnvironment(ctx.db, project, environment);
  const occupant = slots.find((slot) => slot.colour === colour);
  const keeps = occupant !== undefined && (await isSame(ctx, plan, occupant)) && (await isWarm(ctx, plan));
  if (occupant && !keeps && !(await vacate(ctx, project, environment, occupant)))
    throw new KovaError('CONFLICT', `users are on ${plan.slot}, which should be idle`);
  // Taken before it is looked at: from here on nobody stops a standby that runs there.
  await occupySlot(ctx.db, project, environment, { colour, release: release.id, deployment: id, standbyUntil: null });
  const provided = (await isWarm(ctx, plan)) ? 'the standby is warm' : await provide(ctx, plan, signal);
  await advance(ctx.db, id, 'prepared', provided);
}

/** Whether the wanted release runs there, with the wanted configuration. Only a rollback takes secrets as they were. */
async function isSame(ctx: Context, plan: Plan, occupant: SlotRecord): Promise<boolean> {
  const { deployment, release } = plan;
  if (occupant.release !== release.id) return false;
  if (!isDeepStrictEqual((await releaseIn(ctx.db, occupant)).config, release.config)) return false;
  if (deployment.kind === 'rollback') return true;
  const running = await secretsInSlot(ctx, plan);
  return running !== null && areSame(running, await environmentSecrets(ctx, deployment, release.config));
}

/** Whether all that shall run there does; a standby that fell ill is started anew. */
async function isWarm(ctx: Context, { slot, environment }: Plan): Promise<boolean> {
  const instances = await ctx.runtime.instances(slot);
  return instances.filter(({ state }) => state === 'ready').length >= environment.instances;
}
