import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { connectStore, type Store } from './connect.ts';
import { migrateStore } from './migrate.ts';

let database: TestDatabase;
let db: Store;
let directory: string;

/** Without what the store's own migrations brought: each test has its own. */
beforeEach(async () => {
  database = await testDatabase();
  db = database.db;
  await sql`DROP SCHEMA public CASCADE`.execute(db);
  await sql`CREATE SCHEMA public`.execute(db);
  directory = await mkdtemp(join(tmpdir(), 'kova-migrations-'));
});

afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

async function file(name: string, text: string): Promise<void> {
  await writeFile(join(directory, name), text);
}

async function versions(): Promise<number[]> {
  const found = await sql<{ version: number }>`SELECT version FROM kova_migrations ORDER BY version`.execute(db);
  return found.rows.map(({ version }) => version);
}

test('files are applied in order, each once; a later one follows', async () => {
  await file('0002-fill.sql', 'INSERT INTO things VALUES (1); INSERT INTO things VALUES (2);');
  await file('0001-things.sql', 'CREATE TABLE things (id integer);');
  await migrateStore(db, directory);
  await file('0003-more.sql', 'INSERT INTO things VALUES (3);');
  await migrateStore(db, directory);
  await migrateStore(db, directory);
  const things = await sql<{ id: number }>`SELECT id FROM things ORDER BY id`.execute(db);
  expect(things.rows.map(({ id }) => id)).toEqual([1, 2, 3]);
  expect(await versions()).toEqual([1, 2, 3]);
});

test('one that fails leaves nothing of itself, and what came before it', async () => {
  await file('0001-things.sql', 'CREATE TABLE things (id integer);');
  await file('0002-broken.sql', 'CREATE TABLE half (id integer); SELECT nonsense;');
  await expect(migrateStore(db, directory)).rejects.toMatchObject({
    code: 'POSTGRES_FAILED',
    message: expect.stringMatching(/migration 2 \(broken\).*nonsense/),
  });
  expect(await versions()).toEqual([1]);
  const half = await sql<{ name: string | null }>`SELECT to_regclass('half')::text AS name`.execute(db);
  expect(half.rows).toEqual([{ name: null }]);
  await file('0002-broken.sql', 'CREATE TABLE whole (id integer);');
  await migrateStore(db, directory);
  expect(await versions()).toEqual([1, 2]);
});

test('one that cannot be recorded is undone', async () => {
  await file('0001-things.sql', 'CREATE TABLE things (id integer);');
  await migrateStore(db, directory);
  await file('0002-rude.sql', 'CREATE TABLE half (id integer); ALTER TABLE kova_migrations RENAME TO gone;');
  await expect(migrateStore(db, directory)).rejects.toMatchObject({ code: 'POSTGRES_FAILED' });
  const half = await sql<{ name: string | null }>`SELECT to_regclass('half')::text AS name`.execute(db);
  expect(half.rows).toEqual([{ name: null }]);
  expect(await versions()).toEqual([1]);
});

test('a database with a newer schema is refused, naming both versions, and left as it is', async () => {
  await file('0001-things.sql', 'CREATE TABLE things (id integer);');
  await file('0007-later.sql', 'CREATE TABLE later (id integer);');
  await migrateStore(db, directory);
  await rm(join(directory, '0007-later.sql'));
  await file('0002-other.sql', 'DROP TABLE things;');
  await expect(migrateStore(db, directory)).rejects.toMatchObject({
    code: 'SCHEMA_NEWER',
    message: 'the store has schema 7 (later); this Kova knows 2',
    next: expect.stringContaining('schema 7'),
  });
  expect(await versions()).toEqual([1, 7]);
});

test('an applied file that was changed, or is missing, is refused', async () => {
  await file('0001-things.sql', 'CREATE TABLE things (id integer);');
  await file('0002-more.sql', 'CREATE TABLE more (id integer);');
  await migrateStore(db, directory);
  await file('0001-things.sql', 'CREATE TABLE things (id bigint);');
  const changed = { code: 'CONFLICT', message: expect.stringContaining('migration 1 (things)') };
  await expect(migrateStore(db, directory)).rejects.toMatchObject(changed);
  await rm(join(directory, '0001-things.sql'));
  await expect(migrateStore(db, directory)).rejects.toMatchObject(changed);
  await file('0001-things.sql', 'CREATE TABLE things (id integer);');
  await migrateStore(db, directory);
});

test('other line ends are no change', async () => {
  await file('0001-things.sql', 'CREATE TABLE things (\n  id integer);\n');
  await migrateStore(db, directory);
  await file('0001-things.sql', 'CREATE TABLE things (\r\n  id integer);\r\n');
  await migrateStore(db, directory);
  expect(await versions()).toEqual([1]);
});

test('several processes that start at once apply each file once', async () => {
  await file('0001-things.sql', 'SELECT pg_sleep(0.2); CREATE TABLE things (id integer);');
  await file('0002-fill.sql', 'INSERT INTO things VALUES (1);');
  const others = [connectStore(database.url), connectStore(database.url), connectStore(database.url)];
  await Promise.all([db, ...others].map((each) => migrateStore(each, directory)));
  await Promise.all(others.map((each) => each.destroy()));
  const things = await sql`SELECT id FROM things`.execute(db);
  expect(things.rows).toEqual([{ id: 1 }]);
});

test('a session used for migrating has its time limit back afterwards', async () => {
  await migrateStore(db, directory);
  const limit = await sql<{ limit: string }>`SELECT current_setting('statement_timeout') AS limit`.execute(db);
  expect(limit.rows).toEqual([{ limit: '15s' }]);
});

test.each([['1-things.sql'], ['0001_things.sql']])('a file named %s is refused', async (name) => {
  await file(name, 'SELECT 1;');
  await expect(migrateStore(db, directory)).rejects.toThrow('NNNN-name.sql');
});

test('two files of one version are refused', async () => {
  await file('0001-a.sql', 'SELECT 1;');
  await file('0001-b.sql', 'SELECT 1;');
  await expect(migrateStore(db, directory)).rejects.toThrow('two migrations have version 1');
});
