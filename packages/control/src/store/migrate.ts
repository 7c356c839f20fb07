import { KovaError } from '@kova/core/errors/kova-error';
import type { Secret } from '@kova/core/secret';
import { type Kysely, sql } from 'kysely';
import { connectStore, type Store } from './connect.ts';
import { grantEdges } from './edge-role.ts';
import { type Migration, ownMigrations, readMigrations } from './migration-files.ts';
import type { Schema } from './schema.ts';

type Applied = Omit<Migration, 'sql'>;
type Connection = Kysely<Schema>;

/** One process at a time. */
const lock = 4_702_002;

/**
 * Brings the store at that address up to date; a migration takes the time that it takes; what edges may do follows it.
 * As `migrateStore`.
 */
export async function migrateStoreAt(url: Secret): Promise<void> {
  const db = connectStore(url, { answersInMs: 0 });
  await migrateStore(db)
    .then(() => grantEdges(db))
    .finally(() => db.destroy());
}

/**
 * Brings the store's schema up to date: applies the files that are not applied yet, in order, each in a transaction.
 * Idempotent and safe when several processes start at once.
 * @throws KovaError SCHEMA_NEWER when a newer Kova wrote it; CONFLICT when an applied file was changed;
 *   POSTGRES_FAILED when a migration fails, with those before it applied; STORE_UNAVAILABLE
 */
export async function migrateStore(db: Store, directory: string = ownMigrations): Promise<void> {
  const files = await readMigrations(directory);
  await db.connection().execute(async (connection) => {
    await sql`SET statement_timeout = 0`.execute(connection);
    await sql`SELECT pg_advisory_lock(${lock})`.execute(connection);
    try {
      const applied = await readApplied(connection);
      check(applied, files);
      for (const migration of files.slice(applied.length)) await apply(connection, migration);
    } finally {
      // When the connection is lost, so is the lock.
      await sql`SELECT pg_advisory_unlock(${lock})`.execute(connection).catch(() => {});
      await sql`RESET statement_timeout`.execute(connection).catch(() => {});
    }
  });
}

/**
 * Makes sure that the store is as this Kova knows it, for who does not bring it up to date itself.
 * @throws KovaError SCHEMA_NEWER, CONFLICT when it is older or an applied file was changed; STORE_UNAVAILABLE
 */
export async function requireMigrated(db: Store): Promise<void> {
  const files = await readMigrations(ownMigrations);
  const applied = await db.connection().execute(readApplied);
  check(applied, files);
  if (applied.length === files.length) return;
  throw new KovaError('CONFLICT', 'the control plane of this home is of an older Kova', {
    next: 'Run `kova down --keep-apps` and `kova up`, which brings the store up to date, then start the worker again.',
  });
}

async function readApplied(connection: Connection): Promise<Applied[]> {
  const found = await sql<{ there: boolean }>`
    SELECT to_regclass('kova_migrations') IS NOT NULL AS there`.execute(connection);
  if (!found.rows[0]?.there) {
    await sql`CREATE TABLE kova_migrations (
      version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now())`.execute(connection);
  }
  const applied = await sql<Applied>`
    SELECT version, name, checksum FROM kova_migrations ORDER BY version`.execute(connection);
  return applied.rows;
}

/** What was applied must be where the files begin. */
function check(applied: readonly Applied[], files: readonly Migration[]): void {
  const last = applied.at(-1);
  const newest = files.at(-1)?.version ?? 0;
  if (last && last.version > newest) {
    throw new KovaError(
      'SCHEMA_NEWER',
      `the store has schema ${last.version} (${last.name}); this Kova knows ${newest}`,
      { next: `Install the Kova that brought schema ${last.version}, or a newer one. Nothing was changed.` },
    );
  }
  for (const [index, { version, name, checksum }] of applied.entries()) {
    const file = files[index];
    if (file?.version === version && file.checksum === checksum) continue;
    const what = file?.version === version ? `is not the one that was applied` : `has no file in its place`;
    throw new KovaError('CONFLICT', `migration ${version} (${name}) of the store ${what}`, {
      next: 'Install Kova again: an applied migration is never changed. Nothing was changed.',
    });
  }
}

async function apply(connection: Connection, { version, name, checksum, sql: text }: Migration): Promise<void> {
  try {
    await connection.transaction().execute(async (transaction) => {
      await sql.raw(text).execute(transaction);
      await sql`INSERT INTO kova_migrations (version, name, checksum)
        VALUES (${version}, ${name}, ${checksum})`.execute(transaction);
    });
  } catch (cause) {
    if (cause instanceof KovaError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KovaError('POSTGRES_FAILED', `migration ${version} (${name}) of the store failed: ${reason}`, { cause });
  }
}
