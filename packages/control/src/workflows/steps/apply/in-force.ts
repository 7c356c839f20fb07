import { KovaError } from '@kova/core/errors/kova-error';
import { applicable } from '@kova/core/plan/applicable';
import type { Transaction } from 'kysely';
import type { Context } from '../../../context.ts';
import { requireApply } from '../../../store/applies.ts';
import type { Configuration } from '../../../store/configuration.ts';
import { readEnvironment } from '../../../store/environments.ts';
import { findRelease } from '../../../store/releases.ts';
import type { Schema } from '../../../store/schema.ts';
import type { ToApply } from './check.ts';

/** The configuration of the apply's commit, as far as it can hold for a release that is built. */
export async function configurationFor(
  ctx: Context,
  id: string,
  release: string,
  signal: AbortSignal,
): Promise<Configuration> {
  const { project, commit_sha: commit, committed_at: committedAt } = await requireApply(ctx.db, id);
  const built = await findRelease(ctx.db, release);
  if (!built) throw new KovaError('NOT_FOUND', `there is no release ${release}`);
  const config = applicable(built.config, await ctx.jobs.configure(project, commit, signal));
  return { config, commit, committedAt, apply: id };
}

/**
 * Sees that an environment is as it was planned for; its row stays locked, so that nothing else begins there meanwhile.
 * @throws KovaError PLAN_STALE
 */
export async function lockAsPlanned(trx: Transaction<Schema>, { project, environment, live }: ToApply): Promise<void> {
  const here = { project, name: environment };
  await trx
    .selectFrom('environments')
    .select('name')
    .where((is) => is.and(here))
    .forUpdate()
    .executeTakeFirst();
  const { liveDeployment } = await readEnvironment(trx, project, environment);
  const other = await trx
    .selectFrom('deployments')
    .select('id')
    .where((is) => is.and({ project, environment }))
    .where('ended_at', 'is', null)
    .where('phase', '!=', 'live')
    .executeTakeFirst();
  if (other) throw new KovaError('PLAN_STALE', `${other.id} has begun in ${environment} meanwhile`);
  if (liveDeployment !== live?.id)
    throw new KovaError('PLAN_STALE', `${liveDeployment ?? 'nothing'} is live in ${environment} by now`);
}
