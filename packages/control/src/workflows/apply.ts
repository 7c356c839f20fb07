import { KovaError, reportOf } from '@kova/core/errors/kova-error';
import type { Context } from '../context.ts';
import { endApply, noteOutcomes } from '../store/applies.ts';
import type { ApplyOutcome } from '../store/schema.ts';
import { derivedId } from './derived-id.ts';
import { requireDeployment } from './plan.ts';
import type { DeployRunner } from './register.ts';
import { checkPlan } from './steps/apply/check.ts';
import { changeDirectly } from './steps/apply/direct.ts';
import { queueDeployment } from './steps/apply/queue.ts';
import { refuseAborted } from './steps/apply/refuse-aborted.ts';
import { deadlines } from './steps/deadlines.ts';
import { step } from './steps/step.ts';

const named = (name: string, deadlineMs: number = deadlines.record) => ({ name: `apply.${name}`, deadlineMs });

/**
 * Puts the plan that somebody has said yes to into force, one environment after the other in the order of promotion; what
 * fails in one leaves those after it as they are.
 */
export async function apply(ctx: Context, runDeployment: DeployRunner, id: string): Promise<void> {
  try {
    const planned = await step(named('check', deadlines.plan), (signal) => checkPlan(ctx, id, signal));
    const outcomes: ApplyOutcome[] = [];
    for (const next of planned) {
      const { environment, deed, changes } = next;
      const deployment = deed === 'deployment' ? derivedId('dep', `${id}/${environment}`) : null;
      await step(named('go'), () => refuseAborted(ctx, id));
      if (deployment === null) await step(named('direct'), (signal) => changeDirectly(ctx, id, next, signal));
      else await step(named('queue'), (signal) => queueDeployment(ctx, id, deployment, next, signal));
      outcomes.push({ environment, deed, changes, deployment });
      await step(named('note'), () => noteOutcomes(ctx.db, id, outcomes));
      if (deployment === null) continue;
      await runDeployment({ id: deployment, project: next.project, environment, kind: 'deploy' });
      await step(named('result'), () => refuseUnlessLive(ctx, id, deployment));
    }
    await step(named('done'), () => endApply(ctx.db, id, null));
  } catch (error) {
    await step(named('failed'), () => endApply(ctx.db, id, reportOf(error)));
  }
}

/** @throws KovaError why the deployment is not live, or not well: CANCELLED when the apply was to end */
async function refuseUnlessLive(ctx: Context, id: string, deployment: string): Promise<void> {
  const { environment, phase, reason, health, code } = await requireDeployment(ctx.db, deployment);
  if ((phase === 'live' || phase === 'retired') && health === 'healthy') return;
  await refuseAborted(ctx, id);
  const breached = phase === 'rolled-back' || health === 'degraded';
  const told = `${environment}: ${phase}${health === 'degraded' ? ', degraded' : ''}: ${reason}`;
  throw new KovaError(breached ? 'ANALYSIS_BREACH' : (code ?? 'CANCELLED'), told);
}
