import { KovaError } from '@kova/core/errors/kova-error';
import type { Store } from './connect.ts';

/**
 * Binds the store to the home of that id, for good: another home has neither its artefacts nor its slots nor its edge,
 * and could only do harm to deployments that it takes over. `place` is for people. Idempotent.
 * @throws KovaError CONFLICT when the store is another home's
 */
export async function bindStore(db: Store, id: string, place: string): Promise<void> {
  await db
    .insertInto('home')
    .values({ id, place })
    .onConflict((on) => on.doNothing())
    .execute();
  const bound = await db.selectFrom('home').select(['id', 'place']).executeTakeFirstOrThrow();
  if (bound.id === id) return;
  throw new KovaError('CONFLICT', `this database is the store of the Kova in ${bound.place}`, {
    next: 'Set KOVA_DATABASE_URL to a database of its own for each Kova.',
  });
}
