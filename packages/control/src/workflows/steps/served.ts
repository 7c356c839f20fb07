import { setTimeout as sleep } from 'node:timers/promises';
import { hostsOf } from '@kova/core/environment/hosts';
import { fail, inconclusive, pass, type Verdict } from '@kova/core/verdict';
import type { Context } from '../../context.ts';
import type { Served } from '../../ports/edge.ts';
import type { Plan } from '../plan.ts';

const patienceMs = 10_000;
const pauseMs = 250;

/**
 * Whether users are answered by the release: a switch is done when they are, not when somebody was told to. Another
 * release for ten seconds on end fails; an edge that does not answer says nothing about the release.
 */
export async function servedVerdict(ctx: Context, { deployment, release, app }: Plan): Promise<Verdict> {
  const host = (await servedHost(ctx, deployment)) ?? hostsOf(release.config, deployment.environment)[0] ?? '';
  for (const giveUpAt = Date.now() + patienceMs; ; await sleep(pauseMs)) {
    const served = await ctx.edge.served(host, app.health.path).catch((error: Error) => error);
    const other = served instanceof Error ? null : served.find((each) => each.release !== release.id);
    if (!(served instanceof Error || other)) return pass(servedBy(served, release.id));
    if (Date.now() < giveUpAt) continue;
    if (served instanceof Error) return inconclusive(`the edge does not answer: ${served.message}`);
    return fail(`${other?.by} serves ${other?.release ?? 'nothing'} instead of ${release.id}`);
  }
}

function servedBy({ length }: readonly Served[], release: string): string {
  return length === 1 ? `the edge serves ${release}` : `all ${length} edges serve ${release}`;
}

/** A host that the edge has now: those of a new configuration come when the release is live. */
async function servedHost({ db }: Context, { project, environment }: Plan['deployment']): Promise<string | null> {
  const row = await db
    .selectFrom('environments')
    .select('route')
    .where('project', '=', project)
    .where('name', '=', environment)
    .executeTakeFirst();
  return row?.route?.hosts[0] ?? null;
}
