import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { connectStore } from '../store/connect.ts';
import { testDatabase } from './postgres.ts';

test('each has a database of its own, with the migrations applied, until it drops it', async () => {
  const [one, two] = await Promise.all([testDatabase(), testDatabase()]);
  try {
    await sql`CREATE TABLE mine (id integer)`.execute(one.db);
    const found = await sql`SELECT to_regclass('mine')::text AS mine,
      to_regclass('kova_migrations')::text AS migrations`.execute(two.db);
    expect(found.rows).toEqual([{ mine: null, migrations: 'kova_migrations' }]);
    const left = connectStore(one.url);
    await sql`SELECT 1`.execute(left);
    await one.drop();
    await expect(sql`SELECT 1`.execute(left)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await left.destroy();
  } finally {
    await two.drop();
  }
});
