import { type Retainable, retained } from '@kova/core/retention/retention';
import type { Context } from '../context.ts';

/** Removes the artefacts of releases that nothing runs and nothing would roll back to. */
export async function pruneArtefacts(ctx: Context): Promise<void> {
  const releases = await ctx.db.selectFrom('releases').select(['id', 'project', 'artefact', 'config']).execute();
  const inUse = new Set(await releasesInUse(ctx));
  const healthy = await healthyReleases(ctx);
  const kept = new Set<string>();
  for (const { id, artefact, config } of releases) {
    const retainable: Retainable = {
      release: id,
      artefact,
      inUse: inUse.has(id),
      newerHealthy: newerHealthy(healthy, id),
    };
    if (retained([retainable], config.keepReleases).size > 0) kept.add(artefact);
  }
  await ctx.artefacts.prune(kept);
}

/** What runs in a slot, and what a deployment that has not ended is about to run. */
async function releasesInUse(ctx: Context): Promise<string[]> {
  const slots = await ctx.db.selectFrom('slots').select('release').execute();
  const open = await ctx.db.selectFrom('deployments').select('release').where('ended_at', 'is', null).execute();
  return [...slots, ...open].map(({ release }) => release);
}

/** The healthy releases of each environment, newest first. */
async function healthyReleases(ctx: Context): Promise<Map<string, string[]>> {
  const rows = await ctx.db
    .selectFrom('deployments')
    .select(['project', 'environment', 'release'])
    .where('health', '=', 'healthy')
    .orderBy('created_at', 'desc')
    .execute();
  const lists = new Map<string, string[]>();
  for (const { project, environment, release } of rows) {
    const list = lists.get(`${project}/${environment}`) ?? [];
    if (!list.includes(release)) lists.set(`${project}/${environment}`, [...list, release]);
  }
  return lists;
}

function newerHealthy(lists: ReadonlyMap<string, readonly string[]>, release: string): Record<string, number> {
  const ranks = [...lists].map(([environment, list]) => [environment, list.indexOf(release)] as const);
  return Object.fromEntries(ranks.filter(([, rank]) => rank >= 0));
}
