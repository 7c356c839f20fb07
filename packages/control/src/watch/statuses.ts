import { type CommitStatus, statusesOf } from '@kova/core/repository/status';
import type { Context } from '../context.ts';
import { StatusRefused } from '../ports/commit-statuses.ts';
import { say } from '../process-log.ts';
import { tokenOf } from '../repository/remote.ts';
import {
  closeReport,
  noteRefused,
  noteTold,
  type Telling,
  tellingsOf,
  type Unreported,
  unreportedTriggers,
  wordsOf,
} from '../store/commit-statuses.ts';
import { findRepository, type Repository } from '../store/repositories.ts';
import { hasShipEnded } from '../store/schema.ts';
import { each } from './each.ts';

const firstPauseMs = 1000;
const longestPauseMs = 300_000;
/** Over half an hour; then nobody waits for it any more. */
const mostAttempts = 14;

/**
 * Tells the providers what became of the commits that they told Kova of. What is to be told is read from what is
 * recorded, so that nothing is told that a crash could undo, nothing is forgotten, and of many changes between two
 * looks only the last costs a request. What cannot be told never harms a run.
 */
export async function tellStatuses(ctx: Context): Promise<void> {
  await each(await unreportedTriggers(ctx.db), async (unreported) => {
    const repository = await findRepository(ctx.db, unreported.project);
    if (repository) await tellAll(ctx, repository, unreported);
  });
}

async function tellAll(ctx: Context, repository: Repository, unreported: Unreported): Promise<void> {
  const statuses = statusesOf(unreported);
  const tellings = await tellingsOf(ctx.db, unreported.id);
  let open = false;
  for (const status of statuses) {
    const before = tellings.find(({ context }) => context === status.context);
    const isTold =
      before?.gaveUp || before?.told === wordsOf(status) || (await tell(ctx, repository, unreported, status, before));
    open ||= status.state === 'pending' || !isTold;
  }
  if (!open && hasEnded(unreported)) await closeReport(ctx.db, unreported.id);
}

/** A ship that has been proved has more to tell. */
function hasEnded({ ship }: Unreported): boolean {
  return ship === null || hasShipEnded(ship.state);
}

/** Says whether there is nothing left to try. */
async function tell(
  ctx: Context,
  repository: Repository,
  { id, commit, runId, shipId }: Unreported,
  status: CommitStatus,
  before: Telling | undefined,
): Promise<boolean> {
  if (before && !before.isDue) return false;
  const statuses = ctx.statuses[repository.provider];
  const token = tokenOf(ctx.seal, repository);
  if (!statuses || !token) return true;
  const { url, api } = repository;
  const of = status.context === 'kova/ship' ? `ships/${shipId}` : `runs/${runId}`;
  const link = repository.link === null ? null : `${repository.link.replace(/\/+$/, '')}/${of}`;
  try {
    await statuses.tell({ url, api, token, commit }, status, link);
    await noteTold(ctx.db, id, status);
    return true;
  } catch (error) {
    if (!(error instanceof StatusRefused)) throw error;
    return refused(ctx, id, status, (before?.attempts ?? 0) + 1, error);
  }
}

async function refused(
  ctx: Context,
  trigger: string,
  { context }: CommitStatus,
  attempts: number,
  { message, isFinal, afterMs }: StatusRefused,
): Promise<boolean> {
  const gaveUp = isFinal || attempts >= mostAttempts;
  const pauseMs = Math.max(Math.min(firstPauseMs * 2 ** (attempts - 1), longestPauseMs), afterMs ?? 0);
  await noteRefused(ctx.db, trigger, context, {
    ...{ attempts, problem: message, gaveUp },
    nextAt: new Date(Date.now() + pauseMs),
  });
  if (gaveUp) say(`${context} of ${trigger} is told no more: ${message}`);
  return gaveUp;
}
