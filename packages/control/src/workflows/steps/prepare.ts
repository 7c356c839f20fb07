import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../context.ts';
import { keepAssets, pruneAssets } from '../../routing/assets.ts';
import { occupySlot, readEnvironment } from '../../store/environments.ts';
import { advance } from '../../store/transition.ts';
import type { Plan } from '../plan.ts';
import { vacate } from './vacate.ts';

/**
 * Unpacks the checked artefact into the idle slot. A standby that runs the wanted release is kept as it is, warm;
 * any other occupant is stopped when it has drained.
 */
export async function prepare(ctx: Context, plan: Plan): Promise<void> {
  const { deployment, release, colour } = plan;
  const { project, environment } = deployment;
  const { slots } = await readEnvironment(ctx.db, project, environment);
  const occupant = slots.find((slot) => slot.colour === colour);
  const warm = occupant?.release === release.id && (await ctx.runtime.instances(plan.slot)).length > 0;
  if (occupant && !warm) await vacate(ctx, project, environment, occupant);
  if (!warm) await unpack(ctx, plan);
  await occupySlot(ctx.db, project, environment, {
    colour,
    release: release.id,
    deployment: deployment.id,
    standbyUntil: null,
  });
  await advance(ctx.db, deployment.id, 'prepared', warm ? 'the standby is warm' : 'the artefact matches its digest');
}

async function unpack(ctx: Context, { deployment, release, app, directory }: Plan): Promise<void> {
  await mkdir(join(directory, '..'), { recursive: true, mode: 0o711 });
  const readers = ctx.identityOf(deployment.project, deployment.environment)?.gid;
  await ctx.artefacts.unpack(release.artefact, directory, readers);
  if (!app.assets) return;
  const kept = join(ctx.home.assets, deployment.project, deployment.environment);
  await keepAssets(join(directory, app.assets.dir), kept, release.id);
  await pruneAssets(kept, release.config.assetsKeep, Date.now());
}
