import { sql } from 'kysely';
import type { Store } from './connect.ts';

export interface RunImage {
  run: string;
  /** How the engine calls it. */
  id: string;
  /** By its digest at the registry; of one that was not pushed, its id. */
  reference: string;
}

/** Records the image that a run has made. Idempotent: the last one counts. */
export async function recordImage(db: Store, { run, id, reference }: RunImage): Promise<void> {
  const made = { id, reference, removed_at: null };
  await db
    .insertInto('images')
    .values({ run, ...made })
    .onConflict((on) => on.column('run').doUpdateSet(made))
    .execute();
}

/** How the image of a run is called for ever; null when the run has made none. */
export async function imageOf(db: Store, run: string): Promise<string | null> {
  const row = await db.selectFrom('images').select('reference').where('run', '=', run).executeTakeFirst();
  return row?.reference ?? null;
}

/** Of runs that have just made theirs: the release may not be recorded yet. */
const graceMinutes = 60;

/** The images at the engine that are those of none of these releases, by their ids. */
export async function unneededImages(db: Store, releases: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct id from images
    where removed_at is null and id not in (
      select images.id from images left join releases on releases.run = images.run
      where releases.id = any(${releases}::text[]) or images.reference in (
        select image from releases where id = any(${releases}::text[]) and image is not null)
        or images.created_at > now() - make_interval(mins => ${graceMinutes}))`.execute(db);
  return rows.map(({ id }) => id);
}

/** They are not at the engine any more. Idempotent. */
export async function forgetImages(db: Store, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.updateTable('images').set({ removed_at: new Date() }).where('id', 'in', ids).execute();
}
