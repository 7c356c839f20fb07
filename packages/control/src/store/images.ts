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
