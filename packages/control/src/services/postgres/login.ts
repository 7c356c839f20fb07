import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import pg, { type Client, type ClientConfig } from 'pg';
import { connected } from './connected.ts';

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

/** A PostgreSQL server that can be started. */
export interface Server {
  /** What people know it by. */
  name: string;
  /** Starts it; does nothing to one that runs. It may not take connections yet. */
  start(): Promise<Listening>;
  isRunning(): Promise<boolean>;
}

export interface Listening {
  host: string;
  port: number;
  /** What the superuser connects with. */
  admin: ClientConfig;
}

/**
 * Starts the server and makes sure that one can log in and reach the database: the answer has been tried.
 * Idempotent; mends a role whose password is not the one kept, and what an interrupted call left undone.
 * @throws KovaError POSTGRES_FAILED
 */
export async function ensureLogin(server: Server, login: Login): Promise<{ url: Secret; host: string; port: number }> {
  const { host, port } = await logIn(server, login).catch(async (error) => {
    if (await server.isRunning()) throw error;
    // It ended in the meantime: killed just then, or stopped by another process.
    return logIn(server, login);
  });
  return { url: new Secret(urlOf(login, port, host)), host, port };
}

export function urlOf(
  { role, database, password }: Omit<Login, 'createsDatabases'>,
  port: number,
  host = '127.0.0.1',
): string {
  return `postgres://${role}:${encodeURIComponent(password.reveal())}@${host}:${port}/${database}`;
}

async function logIn(server: Server, login: Login): Promise<Listening> {
  const listening = await server.start();
  const { role, database, password } = login;
  const { host, port } = listening;
  const client = { host, port, user: role, database, password: password.reveal() };
  try {
    if (!(await works(client, server))) {
      await provision(listening, login);
      await connected(client, async () => {});
    }
    return listening;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new KovaError('POSTGRES_FAILED', `no login to ${server.name}: ${reason}`, { cause });
  }
}

async function works(client: ClientConfig, server: Server): Promise<boolean> {
  const login = connected(
    client,
    async () => true,
    () => server.isRunning(),
  );
  return login.catch((error) => {
    if (missing.has(error?.code)) return false;
    throw error;
  });
}

async function provision({ admin: superuser }: Listening, login: Login): Promise<void> {
  await connected(superuser, async (admin) => {
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
