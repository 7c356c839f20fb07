import type { SlotId } from '@kova/core/environment/slot';
import { diff } from '@kova/core/plan/diff';
import { Secret } from '@kova/core/secret';
import type { Context } from '../context.ts';
import type { SlotSpec } from '../ports/runtime.ts';
import type { Drift } from '../store/drifts.ts';
import { type Plan, readPlan } from '../workflows/plan.ts';
import { instanceEnvWith } from '../workflows/steps/instance-env.ts';
import { slotSpec } from '../workflows/steps/start.ts';

export type Finding = Pick<Drift, 'subject' | 'found' | 'mend'>;

/** What the live deployment of an environment has drifted from. Starts and changes nothing. */
export async function findDrift(ctx: Context, liveDeployment: string): Promise<Finding[]> {
  const plan = await readPlan(ctx, liveDeployment);
  const { deployment, release } = plan;
  const hasDatabase = Object.values(release.config.services).some(({ kind }) => kind === 'postgres');
  const look = hasDatabase ? await ctx.databases.look(deployment.project, deployment.environment) : null;
  if (look && look.state !== 'running') return [databaseDrift(ctx, plan, look.state)];
  const running = (await ctx.runtime.slots()).find(({ slot }) => slot === plan.slot);
  const wanted = slotSpec(plan, instanceEnvWith(ctx, plan, look?.database ?? null));
  return [slotDrift(running, wanted) ?? (await instanceDrift(ctx, plan))].filter((finding) => finding !== null);
}

function databaseDrift(ctx: Context, { deployment }: Plan, state: 'stopped' | 'absent'): Finding {
  const { project, environment } = deployment;
  if (state === 'stopped')
    return { subject: 'database', found: 'its PostgreSQL does not run', mend: 'Kova starts it by itself' };
  const found = `the files of its PostgreSQL are gone from ${ctx.home.postgres}/${project}/${environment}`;
  return { subject: 'database', found, mend: 'put the files back from a backup; a deployment would make an empty one' };
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
