import { randomBytes } from 'node:crypto';
import type { ErrorReport } from '@kova/core/errors/kova-error';
import type { Store } from './connect.ts';

export interface ShipWish {
  project: string;
  commit: string;
  /** The last environment to go to; null for as far as `deploy: 'auto'` leads. */
  until: string | null;
  forced: boolean;
}

export async function createShip(db: Store, { project, commit, until, forced }: ShipWish): Promise<string> {
  const id = `ship_${randomBytes(5).toString('hex')}`;
  await db.insertInto('ships').values({ id, project, commit_sha: commit, until, forced }).execute();
  return id;
}

export async function shipBuilt(db: Store, id: string, release: string): Promise<void> {
  await db.updateTable('ships').set({ state: 'deploying', release }).where('id', '=', id).execute();
}

export async function endShip(db: Store, id: string, error: ErrorReport | null): Promise<void> {
  const end = { state: error ? ('failed' as const) : ('done' as const), error: error && JSON.stringify(error) };
  await db
    .updateTable('ships')
    .set({ ...end, ended_at: new Date() })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}

/** The run that proves its commit. */
export async function shipProving(db: Store, id: string, run: string): Promise<void> {
  await db.updateTable('ships').set({ run }).where('id', '=', id).execute();
}

/** Asks a ship to end; noticed while it builds, and before it goes on to an environment. Says whether it was at work. */
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
