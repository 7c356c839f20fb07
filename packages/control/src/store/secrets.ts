import type { Store } from './connect.ts';

/** A secret as it is kept: who opens it must have the key. */
export interface SealedSecret {
  project: string;
  name: string;
  sealed: string;
  setBy: string;
}

/** Sets it, in place of the one of that name before. */
export async function putSecret(db: Store, { project, name, sealed, setBy }: SealedSecret): Promise<void> {
  const said = { sealed, set_by: setBy, set_at: new Date() };
  await db
    .insertInto('secrets')
    .values({ project, name, ...said })
    .onConflict((on) => on.columns(['project', 'name']).doUpdateSet(said))
    .execute();
}

/** @returns whether there was one. Idempotent. */
export async function removeSecret(db: Store, project: string, name: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('secrets')
    .where('project', '=', project)
    .where('name', '=', name)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** All of a project, by name. */
export async function secretsOf(db: Store, project: string) {
  return db.selectFrom('secrets').selectAll().where('project', '=', project).orderBy('name').execute();
}
