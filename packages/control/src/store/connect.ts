import type { Secret } from '@kova/core/secret';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { explainNoConnection, explainUnavailable, noAnswer } from './connection-errors.ts';
import type { Schema } from './schema.ts';

export type Store = Kysely<Schema>;

const connections = 10;
/** The server ends a statement first; beyond that the connection leads nowhere. */
const statementMs = 15_000;
const silenceMs = statementMs + 5000;

/**
 * The store behind a pool of connections; connects with the first query, and again after Postgres was away.
 * Queries throw KovaError STORE_UNAVAILABLE when Postgres does not answer, for `answersInMs` at most (0: however long),
 * else what Postgres says.
 */
export function connectStore(url: Secret, { answersInMs = silenceMs }: { answersInMs?: number } = {}): Store {
  const pool = new pg.Pool({
    connectionString: url.reveal(),
    application_name: 'kova',
    max: connections,
    keepAlive: true,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementMs,
    query_timeout: answersInMs,
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

/** A connection that did not answer is not used again. */
function explainingClient(client: pg.PoolClient): PostgresPoolClient {
  let silent = false;
  const query = async (sql: string, parameters: readonly unknown[]) => {
    if (silent) throw explainUnavailable(new Error(noAnswer));
    return client.query(sql, [...parameters]).catch((error: Error) => {
      silent = error.message === noAnswer;
      throw explainUnavailable(error);
    });
  };
  // Kysely calls it with a cursor only where a cursor is configured.
  return {
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy || silent),
  };
}

function rethrow(explain: (error: unknown) => unknown): (error: unknown) => never {
  return (error) => {
    throw explain(error);
  };
}
