import type { Secret } from '@kova/core/secret';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { explainNoConnection, explainUnavailable } from './connection-errors.ts';
import type { Schema } from './schema.ts';

export type Store = Kysely<Schema>;

const connections = 10;

/**
 * The store behind a pool of connections; connects with the first query, and again after Postgres was away.
 * Queries throw KovaError STORE_UNAVAILABLE when Postgres does not answer, else what Postgres says.
 */
export function connectStore(url: Secret): Store {
  const pool = new pg.Pool({
    connectionString: url.reveal(),
    application_name: 'kova',
    max: connections,
    keepAlive: true,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
  });
  // Without a listener a lost connection would end the process; the pool drops it, and the next query tells.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: explaining(pool) }) });
}

function explaining(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    connect: async () => explainingClient(await pool.connect().catch(rethrow(explainNoConnection))),
    end: () => pool.end(),
  };
}

function explainingClient(client: pg.PoolClient): PostgresPoolClient {
  const query = (sql: string, parameters: readonly unknown[]) =>
    client.query(sql, [...parameters]).catch(rethrow(explainUnavailable));
  // Kysely calls it with a cursor only where a cursor is configured.
  return { query: query as unknown as PostgresPoolClient['query'], release: (destroy) => client.release(destroy) };
}

function rethrow(explain: (error: unknown) => unknown): (error: unknown) => never {
  return (error) => {
    throw explain(error);
  };
}
