import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../../context.ts';
import { publishRoute } from '../../../routing/publish.ts';
import { requireApply } from '../../../store/applies.ts';
import { configurationOf, reconfigure } from '../../../store/configuration.ts';
import { ensureEnvironments } from '../../../store/releases.ts';
import { noteEvent } from '../../../store/transition.ts';
import type { ToApply } from './check.ts';
import { configurationFor, lockAsPlanned } from './in-force.ts';

const publishAttempts = 10;
const pauseMs = 500;

/**
 * Does what needs no new instances: creates the environment, or gives what is live there its new configuration.
 * Idempotent.
 */
export async function changeDirectly(ctx: Context, id: string, next: ToApply, signal: AbortSignal): Promise<void> {
  if (next.live) return reconfigureLive(ctx, id, { ...next, live: next.live }, signal);
  const { commit_sha: commit } = await requireApply(ctx.db, id);
  const { environments } = await ctx.jobs.configure(next.project, commit, signal);
  await ensureEnvironments(ctx.db, next.project, Object.keys(environments));
}

async function reconfigureLive(
  ctx: Context,
  id: string,
  next: ToApply & { live: { id: string; release: string } },
  signal: AbortSignal,
): Promise<void> {
  const { live, changes } = next;
  const given = await configurationFor(ctx, id, live.release, signal);
  await ctx.db.transaction().execute(async (trx) => {
    if ((await configurationOf(trx, live.id))?.apply === id) return;
    await lockAsPlanned(trx, next);
    await reconfigure(trx, live.id, given);
    const what = changes.map(({ path }) => path).join(', ');
    await noteEvent(trx, live.id, 'live', `${what} as in commit ${given.commit.slice(0, 10)} (${id})`);
  });
  await publishPatiently(ctx, next);
}

/**
 * The edge may be away for a moment. What is recorded is published by the reconciliation as well, whenever it is back.
 */
async function publishPatiently(ctx: Context, { project, environment }: ToApply): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const error = await publishRoute(ctx, project, environment).then(
      () => null,
      (thrown: Error) => thrown,
    );
    if (error === null) return;
    if (attempt === publishAttempts) throw error;
    await sleep(pauseMs);
  }
}
