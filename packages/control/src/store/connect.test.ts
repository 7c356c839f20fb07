import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Secret } from '@kova/core/secret';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCluster } from '../services/postgres/clusters.ts';
import { ensureLogin } from '../services/postgres/login.ts';
import { makeHome } from '../testing/home.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { connectStore } from './connect.ts';
import { storeIsAway } from './unavailable.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await testDatabase();
});

afterEach(() => database.drop());

test('connections call themselves kova and have time limits', async () => {
  const found = await sql`SELECT current_setting('application_name') AS name,
    current_setting('idle_in_transaction_session_timeout') AS idle`.execute(database.db);
  expect(found.rows).toEqual([{ name: 'kova', idle: '1min' }]);
});

test('what Postgres says of a query stays as it is', async () => {
  const wrong = sql`SELECT nonsense`.execute(database.db);
  await expect(wrong).rejects.toMatchObject({ code: '42703' });
  expect(storeIsAway(await wrong.catch((error: unknown) => error))).toBe(false);
});

test('a wrong password is STORE_UNAVAILABLE and says what to check, without the password', async () => {
  const url = new URL(database.url.reveal());
  url.password = 'hunter2';
  const db = connectStore(new Secret(url.href));
  const error = await sql`SELECT 1`.execute(db).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', next: expect.stringContaining('KOVA_DATABASE_URL') });
  expect(JSON.stringify(error)).not.toContain('hunter2');
  await db.destroy();
});

test('Postgres stops in mid-query and comes back: STORE_UNAVAILABLE meanwhile, then all goes on', async () => {
  const { home, remove } = await makeHome();
  const cluster = await openCluster(home, { path: ['away'], maxConnections: 20, durable: false });
  const login = { role: 'app', database: 'app', password: new Secret('correct horse'), createsDatabases: false };
  const { url } = await ensureLogin(cluster.server, login);
  const db = connectStore(url);
  const away = { code: 'STORE_UNAVAILABLE' };
  // One connection is idle, one is in a query, one in a transaction when it stops.
  await Promise.all([1, 2, 3].map(() => sql`SELECT pg_sleep(0.1)`.execute(db)));
  const busy = sql`SELECT pg_sleep(60)`.execute(db).catch((error: unknown) => error);
  const inTransaction = db
    .transaction()
    .execute(async (transaction) => {
      await sql`SELECT 1`.execute(transaction);
      await cluster.stop();
      await sql`SELECT 1`.execute(transaction);
    })
    .catch((error: unknown) => error);
  expect(await inTransaction).toMatchObject(away);
  expect(await busy).toMatchObject(away);
  await expect(sql`SELECT 1`.execute(db)).rejects.toMatchObject(away);
  await cluster.start();
  expect((await sql`SELECT 1 AS one`.execute(db)).rows).toEqual([{ one: 1 }]);
  await db.destroy();
  await cluster.stop();
  await remove();
});

/** A way to the database that can be cut, or go silent. */
async function wayTo(target: Secret): Promise<{ url: Secret; cut(): void; silence(): void; close(): void }> {
  const real = new URL(target.reveal());
  const sockets: Socket[] = [];
  const proxy = createServer((client) => {
    const server = connect(Number(real.port), '127.0.0.1');
    sockets.push(client, server);
    for (const socket of [client, server]) socket.on('error', () => {});
    client.pipe(server).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const through = new URL(real);
  through.port = String((proxy.address() as { port: number }).port);
  const cut = () => sockets.splice(0).forEach((socket) => void socket.destroy());
  return {
    url: new Secret(through.href),
    cut,
    silence: () => sockets.forEach((socket) => void socket.unpipe().pause()),
    close: () => {
      cut();
      proxy.close();
    },
  };
}

test('a connection that breaks without a word is STORE_UNAVAILABLE', async () => {
  const way = await wayTo(database.url);
  const db = connectStore(way.url);
  await sql`SELECT 1`.execute(db);
  const busy = sql`SELECT pg_sleep(60)`.execute(db).catch((error: unknown) => error);
  const cut = setTimeout(way.cut, 100);
  const error = await busy;
  clearTimeout(cut);
  expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(storeIsAway(error)).toBe(true);
  expect((await sql`SELECT 1 AS one`.execute(db)).rows).toEqual([{ one: 1 }]);
  await db.destroy();
  way.close();
});

// https://github.com/Dokploy/dokploy/issues/4461
test('a connection that swallows all is STORE_UNAVAILABLE in time, and is not used again', async () => {
  const way = await wayTo(database.url);
  const db = connectStore(way.url, { answersInMs: 300 });
  await sql`SELECT 1`.execute(db);
  way.silence();
  const away = { code: 'STORE_UNAVAILABLE' };
  await expect(db.transaction().execute((trx) => sql`SELECT 1`.execute(trx))).rejects.toMatchObject(away);
  expect((await sql`SELECT 1 AS one`.execute(db)).rows).toEqual([{ one: 1 }]);
  way.cut();
  await db.destroy();
  way.close();
});
