import { join } from 'node:path';
import { type EnvironmentUse, retained } from '@kova/core/retention/retention';
import type { Context } from '../context.ts';
import { told } from '../process-log.ts';
import { pruneAssets } from '../routing/assets.ts';
import { history } from '../store/deployments.ts';
import { forgetDrifts } from '../store/drifts.ts';
import { forgetEdges } from '../store/edges.ts';
import { readEnvironment } from '../store/environments.ts';
import { forgetExecutions } from '../store/executions.ts';
import { newestConfig } from '../store/releases.ts';
import { forgetTriggers } from '../store/triggers.ts';
import { each } from './each.ts';
import { pruneImages } from './images.ts';

/**
 * How long it is told what a push led to, where what ran had drifted, and who ran which command. A message that comes
 * again later finds nothing new to do.
 */
const toldDays = 90;
/** How long an edge that is lost is told of. */
const lostDays = 7;

/**
 * Removes from the disk what nothing runs and nothing would go back to: artefacts and images of such releases, and
 * assets whose time is over. The ledger keeps its rows: what was delivered stays counted.
 */
export async function cleanUp(ctx: Context): Promise<void> {
  await forgetTriggers(ctx.db, toldDays);
  await forgetDrifts(ctx.db, toldDays);
  await forgetExecutions(ctx.db, toldDays);
  await forgetEdges(ctx.db, lostDays);
  const projects = await ctx.db.selectFrom('projects').select('name').execute();
  const kept = (await Promise.all(projects.map(({ name }) => keptReleases(ctx, name)))).flat();
  await ctx.artefacts.prune(new Set(kept.map(({ artefact }) => artefact)));
  await pruneImages(
    ctx,
    kept.map(({ id }) => id),
  ).catch(told('images'));
  const environments = await ctx.db.selectFrom('environments').select(['project', 'name']).execute();
  await each(environments, async ({ project, name }) => {
    const config = await newestConfig(ctx.db, project);
    if (config) await pruneAssets(join(ctx.home.assets, project, name), config.assetsKeep, Date.now());
  });
}

async function keptReleases(ctx: Context, project: string): Promise<Array<{ id: string; artefact: string }>> {
  const config = await newestConfig(ctx.db, project);
  if (!config) return [];
  const names = await ctx.db.selectFrom('environments').select('name').where('project', '=', project).execute();
  const uses = await Promise.all(names.map(({ name }) => useOf(ctx, project, name)));
  const shipping = { inUse: await releasesShipping(ctx, project), live: null, healthy: [] };
  const kept = retained([...uses, shipping], config.keepReleases);
  const releases = await ctx.db
    .selectFrom('releases')
    .select(['id', 'artefact'])
    .where('project', '=', project)
    .execute();
  return releases.filter(({ id }) => kept.has(id));
}

async function useOf(ctx: Context, project: string, environment: string): Promise<EnvironmentUse> {
  const open = await ctx.db
    .selectFrom('deployments')
    .select('release')
    .where('project', '=', project)
    .where('environment', '=', environment)
    .where('ended_at', 'is', null)
    .execute();
  // After what is on its way: a slot that is given up meanwhile is then found in the history.
  const { slots, live } = await readEnvironment(ctx.db, project, environment);
  const past = await history(ctx.db, project, environment);
  return {
    inUse: [...open, ...slots].map(({ release }) => release),
    live: live?.release ?? null,
    healthy: [...new Set(past.filter(({ health }) => health === 'healthy').map(({ release }) => release))],
  };
}

/** Built, and on the way through the environments. */
async function releasesShipping(ctx: Context, project: string): Promise<string[]> {
  const ships = await ctx.db
    .selectFrom('ships')
    .select('release')
    .where('project', '=', project)
    .where('ended_at', 'is', null)
    .execute();
  return ships.flatMap(({ release }) => release ?? []);
}
