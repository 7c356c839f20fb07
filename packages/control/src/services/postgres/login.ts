import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import pg, { type Client, type ClientConfig } from 'pg';
import type { Cluster } from './cluster.ts';
import { connected } from './connected.ts';
import type { Postmaster } from './server/postmaster.ts';

/** An ordinary role with a password, and the database that it owns. */
export interface Login {
  role: string;
  database: string;
  password: Secret;
  createsDatabases: boolean;
}

/** One at a time, whoever asks. */
const lock = 4_702_001;

/** Wrong password or no such role; no such database. */
const missing = new Set(['28P01', '3D000']);

/**
 * Starts the cluster and makes sure that one can log in and reach the database: the answer has been tried.
 * Idempotent; mends a role whose password is not the one kept, and what an interrupted call left undone.
 * @throws KovaError POSTGRES_FAILED
 */
export async function ensureLogin(cluster: Cluster, login: Login): Promise<{ url: Secret; port: number }> {
  const port = await logIn(cluster, login).catch(async (error) => {
    if (await cluster.isRunning()) throw error;
    // It ended in the meantime: killed just then, or stopped by another process.
    return logIn(cluster, login);
  });
  return { url: new Secret(urlOf(login, port)), port };
}

export function urlOf({ role, database, password }: Omit<Login, 'createsDatabases'>, port: number): string {
  return `postgres://${role}:${encodeURIComponent(password.reveal())}@127.0.0.1:${port}/${database}`;
}

async function logIn(cluster: Cluster, login: Login): Promise<number> {
  const server = await cluster.start();
  const { role, database, password } = login;
  const client = { host: '127.0.0.1', port: server.port, user: role, database, password: password.reveal() };
  try {
    if (!(await works(client, cluster))) {
      await provision(cluster, server, login);
      await connected(client, async () => {});
    }
    return server.port;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KovaError('POSTGRES_FAILED', `no login to PostgreSQL in ${cluster.data}: ${reason}`, { cause });
  }
}

async function works(client: ClientConfig, cluster: Cluster): Promise<boolean> {
  const login = connected(
    client,
    async () => true,
    () => cluster.isRunning(),
  );
  return login.catch((error) => {
    if (missing.has(error?.code)) return false;
    throw error;
  });
}

async function provision(cluster: Cluster, server: Postmaster, login: Login): Promise<void> {
  await connected(cluster.admin(server), async (admin) => {
    await admin.query('SELECT pg_advisory_lock($1)', [lock]);
    await admin.query('REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC');
    await provisionRole(admin, login);
    const found = await admin.query('SELECT FROM pg_database WHERE datname = $1', [login.database]);
    if (found.rowCount === 0) {
      const [database, role] = [login.database, login.role].map(pg.escapeIdentifier);
      await admin.query(`CREATE DATABASE ${database} OWNER ${role}`);
    }
  });
}

async function provisionRole(admin: Client, { role, password, createsDatabases }: Login): Promise<void> {
  const found = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  const verb = found.rowCount === 0 ? 'CREATE' : 'ALTER';
  const may = createsDatabases ? 'CREATEDB' : 'NOCREATEDB';
  const secret = pg.escapeLiteral(password.reveal());
  await admin.query(
    `${verb} ROLE ${pg.escapeIdentifier(role)} LOGIN NOSUPERUSER NOCREATEROLE ${may} PASSWORD ${secret}`,
  );
}
