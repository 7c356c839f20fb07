import { randomBytes } from 'node:crypto';
import { type ErrorReport, KovaError } from '@kova/core/errors/kova-error';
import type { Selectable } from 'kysely';
import type { Store } from './connect.ts';
import type { ApplyOutcome, Schema } from './schema.ts';

export interface ApplyWish {
  project: string;
  commit: string;
  committedAt: Date;
  /** Of the plan that was said yes to. */
  digest: string;
  /** The environments that it is of; null for all. */
  only: readonly string[] | null;
  requestedBy: string;
}

export type ApplyRow = Selectable<Schema['applies']>;

/** Records what is to be applied. @throws KovaError CONFLICT while another apply of the project is at work */
export async function createApply(db: Store, wish: ApplyWish): Promise<string> {
  const { project, commit, committedAt, digest, only, requestedBy } = wish;
  const id = `apply_${randomBytes(5).toString('hex')}`;
  const inserted = await db
    .insertInto('applies')
    .values({
      ...{ id, project, commit_sha: commit, committed_at: committedAt, digest, requested_by: requestedBy },
      environments: only && JSON.stringify(only),
    })
    .onConflict((on) => on.column('project').where('ended_at', 'is', null).doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 1n) return id;
  const other = await applyAtWork(db, project);
  const who = other ? `${other.id} by ${other.requested_by} is at work` : 'another one has just ended';
  throw new KovaError('CONFLICT', `${project}: ${who}`, {
    next: other ? `Watch it with \`kova attach ${other.id}\`, then plan again.` : 'Plan again.',
  });
}

async function applyAtWork(db: Store, project: string): Promise<ApplyRow | null> {
  const row = await db
    .selectFrom('applies')
    .selectAll()
    .where('project', '=', project)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

/** @throws KovaError NOT_FOUND */
export async function requireApply(db: Store, id: string): Promise<ApplyRow> {
  const row = await db.selectFrom('applies').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new KovaError('NOT_FOUND', `there is no apply ${id}`);
  return row;
}

/** Keeps what was done so far, or is being done. Idempotent. */
export async function noteOutcomes(db: Store, id: string, outcomes: readonly ApplyOutcome[]): Promise<void> {
  await db
    .updateTable('applies')
    .set({ outcomes: JSON.stringify(outcomes) })
    .where('id', '=', id)
    .execute();
}

export async function endApply(db: Store, id: string, error: ErrorReport | null): Promise<void> {
  const state = error === null ? 'done' : error.code === 'CANCELLED' ? 'cancelled' : 'failed';
  await db
    .updateTable('applies')
    .set({ state, error: error && JSON.stringify(error), ended_at: new Date() })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}

/** Asks an apply to end; noticed before it goes on to an environment. Says whether it was at work. */
export async function requestApplyAbort(db: Store, id: string, reason: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('applies')
    .set({ abort: JSON.stringify({ reason }) })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
