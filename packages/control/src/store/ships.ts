import { randomBytes } from 'node:crypto';
import type { ErrorReport } from '@kova/core/errors/kova-error';
import type { Transaction } from 'kysely';
import type { Store } from './connect.ts';
import type { Schema, ShipState } from './schema.ts';

export interface ShipWish {
  project: string;
  commit: string;
  /** The last environment to go to; null for as far as `deploy: 'auto'` leads. */
  until: string | null;
  forced: boolean;
  /** The branch whose head it is, if it is one's: of such ships the newer supersedes the older. */
  branch: string | null;
  /** Given by a workflow, so that its replay finds the same ship. */
  id?: string;
}

/** Idempotent by id. */
export async function createShip(db: Store | Transaction<Schema>, wish: ShipWish): Promise<string> {
  const { project, commit, until, forced, branch, id = newShipId() } = wish;
  await db
    .insertInto('ships')
    .values({ id, project, commit_sha: commit, until, forced, branch })
    .onConflict((on) => on.doNothing())
    .execute();
  return id;
}

function newShipId(): string {
  return `ship_${randomBytes(5).toString('hex')}`;
}

/**
 * A later ship of the same branch that has been proved or has arrived: this one must not go over it. Null if there is
 * none.
 */
export async function newerShip(db: Store, id: string): Promise<{ id: string; commit: string } | null> {
  const row = await db
    .selectFrom('ships as newer')
    .innerJoin('ships as mine', (join) =>
      join
        .onRef('newer.project', '=', 'mine.project')
        .onRef('newer.branch', '=', 'mine.branch')
        .onRef('newer.position', '>', 'mine.position'),
    )
    .select(['newer.id', 'newer.commit_sha'])
    .where('mine.id', '=', id)
    .where('newer.state', 'in', ['deploying', 'done'])
    // One that stops earlier leaves the environments beyond to this one.
    .where((is) => is.or([is('newer.until', 'is', null), is('newer.until', '=', is.ref('mine.until'))]))
    .orderBy('newer.position', 'desc')
    .executeTakeFirst();
  return row ? { id: row.id, commit: row.commit_sha } : null;
}

export async function shipBuilt(db: Store, id: string, release: string): Promise<void> {
  await db.updateTable('ships').set({ state: 'deploying', release }).where('id', '=', id).execute();
}

export async function endShip(db: Store, id: string, error: ErrorReport | null): Promise<void> {
  const end = { state: stateOf(error), error: error && JSON.stringify(error) };
  await db
    .updateTable('ships')
    .set({ ...end, ended_at: new Date() })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}

function stateOf(error: ErrorReport | null): ShipState {
  if (error === null) return 'done';
  return error.code === 'SUPERSEDED' ? 'superseded' : 'failed';
}

/** The run that proves its commit. */
export async function shipProving(db: Store, id: string, run: string): Promise<void> {
  await db.updateTable('ships').set({ run }).where('id', '=', id).execute();
}

/**
 * Asks a ship to end; noticed while it builds, and before it goes on to an environment. Says whether it was at work.
 */
export async function requestShipAbort(db: Store, id: string, reason: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('ships')
    .set({ abort: JSON.stringify({ reason }) })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function shipAbort(db: Store, id: string): Promise<{ reason: string } | null> {
  const row = await db.selectFrom('ships').select('abort').where('id', '=', id).executeTakeFirst();
  return row?.abort ?? null;
}

/** The newest ship of the project that builds, or null. */
export async function shipAtBuild(db: Store, project: string): Promise<string | null> {
  const row = await db
    .selectFrom('ships')
    .select('id')
    .where('project', '=', project)
    .where('state', '=', 'building')
    .orderBy('created_at', 'desc')
    .executeTakeFirst();
  return row?.id ?? null;
}
