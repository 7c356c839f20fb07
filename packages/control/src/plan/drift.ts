import type { SlotId } from '@kova/core/environment/slot';
import { hasCode } from '@kova/core/errors/kova-error';
import { diff } from '@kova/core/plan/diff';
import { Secret } from '@kova/core/secret';
import type { Context } from '../context.ts';
import type { SlotSpec } from '../ports/runtime.ts';
import type { ServicesLook } from '../ports/services.ts';
import type { Drift } from '../store/drifts.ts';
import { type Plan, readPlan } from '../workflows/plan.ts';
import { environmentSecrets, secretsInSlot } from '../workflows/steps/environment-secrets.ts';
import { instanceEnvWith } from '../workflows/steps/instance-env.ts';
import { slotSpec } from '../workflows/steps/start.ts';

export type Finding = Pick<Drift, 'subject' | 'found' | 'mend'>;

/** What the live deployment of an environment has drifted from. Starts and changes nothing. */
export async function findDrift(ctx: Context, liveDeployment: string): Promise<Finding[]> {
  const plan = await readPlan(ctx, liveDeployment);
  const { deployment, release } = plan;
  const { project, environment } = deployment;
  const look = await ctx.services.look({ project, environment, config: release.config });
  if (look.state !== 'running') return [serviceDrift(look)];
  const running = (await ctx.runtime.slots()).find(({ slot }) => slot === plan.slot);
  const wanted = slotSpec(plan, instanceEnvWith(ctx, plan, { ...look.variables, ...(await secretsNow(ctx, plan)) }));
  return [slotDrift(running, wanted) ?? (await instanceDrift(ctx, plan))].filter((finding) => finding !== null);
}

/** Where one was removed meanwhile the slot runs with what it has; the next deployment is refused for it. */
async function secretsNow(ctx: Context, plan: Plan): Promise<SlotSpec['env']> {
  const { deployment, release } = plan;
  try {
    return await environmentSecrets(ctx, deployment, release.config);
  } catch (error) {
    if (!hasCode(error, 'SECRET_MISSING')) throw error;
    return (await secretsInSlot(ctx, plan)) ?? {};
  }
}

function serviceDrift({ state, reason }: Exclude<ServicesLook, { state: 'running' }>): Finding {
  if (state !== 'absent') return { subject: 'database', found: reason, mend: 'Kova starts it by itself' };
  const mend = 'put the files back from a backup; a deployment would make an empty one';
  return { subject: 'database', found: reason, mend };
}

function slotDrift(running: SlotSpec | undefined, wanted: SlotSpec): Finding | null {
  const mend = '`kova apply` deploys the same release anew';
  if (!running) return { subject: 'slot', found: `nothing runs in ${wanted.slot}, which is live`, mend };
  const differing = diff(comparable(running), comparable(wanted)).map(({ path }) => path.join('.'));
  if (differing.length === 0) return null;
  return { subject: 'slot', found: `${wanted.slot} runs with another ${differing.join(', ')}`, mend };
}

/** As JSON; whoever compares tells paths alone, no values. */
function comparable({ env, ...spec }: SlotSpec): object {
  const plain = Object.entries(env).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]);
  return { ...spec, env: Object.fromEntries(plain) };
}

async function instanceDrift(ctx: Context, { slot, environment }: Plan): Promise<Finding | null> {
  const instances = await ctx.runtime.instances(slot as SlotId);
  const ready = instances.filter(({ state }) => state === 'ready').length;
  if (ready >= environment.instances) return null;
  const ill = instances.find(({ state }) => state !== 'ready');
  const found = `${ready} of ${environment.instances} instances are ready${ill ? `: ${ill.id} is ${ill.state}` : ''}`;
  return { subject: 'instances', found, mend: 'Kova starts them again by itself; `kova logs` tells why they end' };
}
