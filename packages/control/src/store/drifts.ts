import type { Insertable, Selectable } from 'kysely';
import type { Store } from './connect.ts';
import type { DriftSubject, Schema } from './schema.ts';

export type DriftRow = Selectable<Schema['drifts']>;

/** Where what runs was not as it is recorded, and how that is mended, or was. */
export interface Drift {
  project: string;
  environment: string;
  subject: DriftSubject;
  found: string;
  mend: string;
}

/** Records a drift that is not mended; one that is recorded already is told anew. Idempotent. */
export async function noteDrift(db: Store, drift: Drift): Promise<void> {
  const { found, mend } = drift;
  await db
    .insertInto('drifts')
    .values(drift)
    .onConflict((on) =>
      on.columns(['project', 'environment', 'subject']).where('mended_at', 'is', null).doUpdateSet({ found, mend }),
    )
    .execute();
}

/** Records a drift that was mended as it was found. */
export async function noteMended(db: Store, drift: Drift): Promise<void> {
  const mended: Insertable<Schema['drifts']> = { ...drift, mended_at: new Date() };
  await db.insertInto('drifts').values(mended).execute();
}

/** Says of the open drifts of an environment, but those of `still`, that they are mended. Idempotent. */
export async function closeDrifts(
  db: Store,
  { project, environment }: Pick<Drift, 'project' | 'environment'>,
  still: readonly DriftSubject[],
): Promise<void> {
  await db
    .updateTable('drifts')
    .set({ mended_at: new Date() })
    .where((is) => is.and({ project, environment }))
    .where('mended_at', 'is', null)
    .where((is) => is.not(is('subject', '=', is.fn.any(is.val([...still])))))
    .execute();
}

/** The open drifts of an environment, and those that were mended less than `ms` ago; the newest first. */
export async function recentDrifts(db: Store, project: string, environment: string, ms: number): Promise<DriftRow[]> {
  return db
    .selectFrom('drifts')
    .selectAll()
    .where((is) => is.and({ project, environment }))
    .where((is) => is.or([is('mended_at', 'is', null), is('mended_at', '>', new Date(Date.now() - ms))]))
    .orderBy('seen_at', 'desc')
    .limit(20)
    .execute();
}

/** Forgets what was mended so long ago. */
export async function forgetDrifts(db: Store, days: number): Promise<void> {
  await db
    .deleteFrom('drifts')
    .where('mended_at', '<', new Date(Date.now() - days * 86_400_000))
    .execute();
}
