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

export async function shipLine(db: Store, ship: string, text: string): Promise<void> {
  await db.insertInto('ship_lines').values({ ship, text }).execute();
}
