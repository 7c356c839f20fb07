import { KovaError } from '@kova/core/errors/kova-error';
import type { Context } from '../../../context.ts';
import { remoteOf } from '../../../repository/remote.ts';
import { findRepository } from '../../../store/repositories.ts';
import { endTrigger, newerTrigger, requireTrigger } from '../../../store/triggers.ts';
import { supersededBy } from '../../../store/turns.ts';

/**
 * Takes in the commit that the ref of a trigger has now, which may be newer than the one that was told: a message that
 * comes late, twice or out of order can lead to nothing older. Null when a later trigger looks at the same ref.
 * @throws KovaError REMOTE_UNREACHABLE
 */
export async function fetchHead(ctx: Context, id: string, signal: AbortSignal): Promise<string | null> {
  const trigger = await requireTrigger(ctx.db, id);
  const newer = await newerTrigger(ctx.db, trigger);
  if (newer) {
    const reason = supersededBy(trigger.branch, newer.id, newer.commit_sha);
    await endTrigger(ctx.db, id, { state: 'superseded', reason });
    return null;
  }
  const repository = await findRepository(ctx.db, trigger.project);
  if (!repository) throw new KovaError('NOT_FOUND', `${trigger.project} is connected to no repository any more`);
  return (await ctx.commits.fetch(trigger.project, remoteOf(ctx.seal, repository), trigger.ref, signal)).sha;
}
