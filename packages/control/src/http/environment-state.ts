import type { Context } from '../context.ts';
import { recentDrifts } from '../store/drifts.ts';
import { requireDeployment } from '../workflows/plan.ts';
import type { EnvironmentView } from './views.ts';

const hourMs = 3_600_000;

/** Whose configuration a deployment has, and who gave it. */
export async function configurationInForce(ctx: Context, id: string): Promise<EnvironmentView['configuration']> {
  const { commit, configCommit, liveAt, requestedBy } = await requireDeployment(ctx.db, id);
  const apply = await ctx.db
    .selectFrom('applies')
    .innerJoin('deployments', 'deployments.apply', 'applies.id')
    .select(['applies.id', 'applies.requested_by', 'applies.created_at'])
    .where('deployments.id', '=', id)
    .executeTakeFirst();
  if (!apply || !configCommit) return { commit, by: requestedBy, at: liveAt?.toISOString() ?? null, apply: null };
  return { commit: configCommit, by: apply.requested_by, at: apply.created_at.toISOString(), apply: apply.id };
}

export async function driftOf(ctx: Context, project: string, environment: string): Promise<EnvironmentView['drift']> {
  const rows = await recentDrifts(ctx.db, project, environment, hourMs);
  return rows.map(({ subject, found, mend, seen_at: seenAt, mended_at: mendedAt }) => ({
    ...{ subject, found, mend, seenAt: seenAt.toISOString() },
    mendedAt: mendedAt?.toISOString() ?? null,
  }));
}
