import { type Colour, otherColour } from '@kova/core/environment/slot';
import type { Context } from '../../context.ts';
import { type EnvironmentRecord, readEnvironment } from '../../store/environments.ts';
import { refuseHeld } from '../../store/holds.ts';
import { advance } from '../../store/transition.ts';
import { requireDeployment } from '../plan.ts';

/**
 * Takes the deployment out of the queue and gives it the idle slot.
 * @returns whether there is anything to do: it may have been cancelled or overtaken while it waited
 * @throws KovaError COMMIT_HELD
 */
export async function begin(ctx: Context, id: string): Promise<boolean> {
  const deployment = await requireDeployment(ctx.db, id);
  if (deployment.phase !== 'queued') return deployment.phase === 'preparing';
  if (!deployment.forced && deployment.kind === 'deploy') await refuseHeld(ctx.db, deployment);
  const environment = await readEnvironment(ctx.db, deployment.project, deployment.environment);
  const colour = idleColour(environment);
  await advance(ctx.db, id, 'begin', `into ${colour}`, { colour, replaces: environment.liveDeployment });
  return true;
}

/** Never the slot that users are on, whatever is recorded as live. */
function idleColour({ live, weights }: EnvironmentRecord): Colour {
  if (live) return otherColour(live.colour);
  return weights.blue > 0 ? 'green' : 'blue';
}
