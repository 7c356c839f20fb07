import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isThere } from '../../commands/is-there.ts';
import type { Context } from '../../context.ts';
import { keepAssets, pruneAssets } from '../../routing/assets.ts';
import type { Plan } from '../plan.ts';

/**
 * Brings what the release runs from, and its immutable assets, which the edge keeps servable: its files from the
 * artefact, or its image, which holds them. Idempotent. Returns what is there now, for people.
 * @throws KovaError as `Artefacts.unpack` and `Images.ensure`
 */
export async function provide(ctx: Context, plan: Plan, signal: AbortSignal): Promise<string> {
  const { project } = plan.deployment;
  const { image } = plan.release;
  const inImage = runsFromImage(plan);
  if (usesEngineHere(plan)) await ctx.images.ensure({ project, image, signal });
  if (!inImage) await unpack(ctx, plan, signal);
  await keep(ctx, plan, inImage, signal);
  return inImage ? 'the release is in its image' : 'the artefact matches its digest';
}

/** Whether nobody needs the unpacked files. Migrations of a cluster's release run in them: see `openMigrator`. */
function runsFromImage({ release }: Plan): boolean {
  const { runtime } = release.config;
  return release.image !== null && (runtime === 'docker' || runtime === 'swarm');
}

/** Whether something of the release will run in the engine that Kova speaks to: tasks of a swarm may all be elsewhere. */
function usesEngineHere(plan: Plan): boolean {
  const { runtime } = plan.release.config;
  return runtime === 'docker' || (runtime === 'swarm' && migrates(plan));
}

/** A rollback runs no migrations. */
function migrates({ deployment, release }: Plan): boolean {
  return deployment.kind !== 'rollback' && release.config.database.migrate !== null;
}

async function unpack(ctx: Context, { deployment, release, directory }: Plan, signal: AbortSignal): Promise<void> {
  await mkdir(join(directory, '..'), { recursive: true, mode: 0o711 });
  const readers = ctx.identityOf(deployment.project, deployment.environment)?.gid;
  await ctx.artefacts.unpack(release.artefact, directory, { readers, signal });
}

async function keep(ctx: Context, plan: Plan, inImage: boolean, signal: AbortSignal): Promise<void> {
  const { deployment, release, directory, app } = plan;
  if (!app.assets) return;
  const { dir } = app.assets;
  const kept = join(ctx.home.assets, deployment.project, deployment.environment);
  await keepAssets(kept, release.id, async (draft) => {
    if (inImage) return fromArtefact(ctx, release.artefact, dir, draft, signal);
    await cp(join(directory, dir), draft, { recursive: true });
    return draft;
  });
  await pruneAssets(kept, release.config.assetsKeep, Date.now());
}

/** All is unpacked where the path to them goes through a link. */
async function fromArtefact(
  { artefacts }: Context,
  digest: string,
  only: string,
  draft: string,
  signal: AbortSignal,
): Promise<string> {
  const into = join(draft, 'release');
  await artefacts.unpack(digest, into, { only, signal });
  if (!(await isThere(join(into, only)))) await artefacts.unpack(digest, into, { signal });
  return join(into, only);
}
