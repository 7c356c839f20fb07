import { changedBy, type Deployment } from '@kova/core/deployment/deployment';
import { type Colour, otherColour } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Context } from '../../context.ts';
import { type EnvironmentRecord, readEnvironment } from '../../store/environments.ts';
import { refuseHeld } from '../../store/holds.ts';
import { advance } from '../../store/transition.ts';
import { requireDeployment } from '../plan.ts';

/**
 * Takes the deployment out of the queue and gives it the idle slot.
 * @returns whether there is anything to do: it may have been cancelled or overtaken while it waited
 * @throws KovaError COMMIT_HELD; PLAN_STALE for a configuration that was meant for another release
 */
export async function begin(ctx: Context, id: string): Promise<boolean> {
  const deployment = await requireDeployment(ctx.db, id);
  if (deployment.phase !== 'queued') return deployment.phase === 'preparing';
  if (!deployment.forced && deployment.kind === 'deploy')
    await refuseHeld(ctx.db, { ...deployment, commit: changedBy(deployment) });
  const environment = await readEnvironment(ctx.db, deployment.project, deployment.environment);
  if (deployment.kind === 'deploy' && deployment.configCommit) refuseOvertaken(deployment, environment);
  const colour = idleColour(environment);
  await advance(ctx.db, id, 'begin', `into ${colour}`, { colour, replaces: environment.liveDeployment });
  return true;
}

/** A configuration goes with what it was planned for: a release that went live meanwhile brings its own. */
function refuseOvertaken({ release, environment: name }: Deployment, { live }: EnvironmentRecord): void {
  if (live?.release === release) return;
  throw new KovaError('PLAN_STALE', `${live?.release ?? 'nothing'} is live in ${name} now, and not ${release}`);
}

/** Never the slot that users are on, whatever is recorded as live. */
function idleColour({ live, weights }: EnvironmentRecord): Colour {
  if (live) return otherColour(live.colour);
  return weights.blue > 0 ? 'green' : 'blue';
}
