import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Secret } from '@kova/core/secret';
import type { Client } from 'pg';
import { homeAt } from '../home/home.ts';
import type { Cluster } from '../services/postgres/cluster.ts';
import { connected } from '../services/postgres/connected.ts';
import { ensureLogin } from '../services/postgres/login.ts';
import { passwordIn } from '../services/postgres/password.ts';
import { connectStore, type Store } from '../store/connect.ts';
import { edgeRole, grantEdges } from '../store/edge-role.ts';
import { migrateStore } from '../store/migrate.ts';
import { makeTestHome, removeTestHome, testCluster } from './postgres-home.ts';

export interface TestDatabase {
  url: Secret;
  db: Store;
  /** As the user that edges have, with the rights that the control plane gives it. */
  asEdge(): Promise<Secret>;
  /** Closes `db`, ends every other connection and removes the database. */
  drop(): Promise<void>;
}

const role = 'kova';
const roleExists = '42710';
const template = 'store_template';
/** Only one may copy a template at a time, and the first one makes it. */
const lock = 4_702_003;

/** Without Vitest's globalSetup: the home made here, and how many databases are in use. */
let own: { root: Promise<string>; users: number } | null = null;

/**
 * A database of its own with the store's migrations applied, on a server that the whole test run shares.
 * Its role may create databases. Call `drop` at the end of the file.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const shared = process.env.KOVA_TEST_POSTGRES;
  if (!shared) {
    own ??= { root: makeTestHome(), users: 0 };
    own.users += 1;
  }
  const cluster = await testCluster(shared ?? (await own?.root) ?? '');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const url = await cloneTemplate(cluster, name, join(cluster.data, '..', '..', '..'));
  const db = connectStore(url);
  return {
    url,
    db,
    async asEdge() {
      const password = 'a password of edges';
      await administer(cluster, (admin) => admin.query(`CREATE ROLE ${edgeRole} LOGIN PASSWORD '${password}'`)).catch(
        (error: { code?: string }) => {
          if (error.code !== roleExists) throw error;
        },
      );
      await grantEdges(db);
      return new Secret(Object.assign(new URL(url.reveal()), { username: edgeRole, password }).href);
    },
    async drop() {
      await db.destroy();
      await administer(cluster, (admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
      if (!shared) await leaveOwn();
    },
  };
}

async function cloneTemplate(cluster: Cluster, name: string, root: string): Promise<Secret> {
  const password = await passwordIn(join(homeAt(root).keys, 'postgres', 'tests'));
  const { url } = await ensureLogin(cluster.server, { role, database: role, password, createsDatabases: true });
  await administer(cluster, async (admin) => {
    await admin.query('SELECT pg_advisory_lock($1)', [lock]);
    const found = await admin.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (found.rowCount === 0) await makeTemplate(admin, url);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${role}`);
  });
  return at(url, name);
}

/** It gets its name when it is complete. Nobody connects to it then: a template in use cannot be copied. */
async function makeTemplate(admin: Client, url: Secret): Promise<void> {
  const draft = `${template}_draft`;
  await admin.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${draft} OWNER ${role}`);
  const db = connectStore(at(url, draft));
  await migrateStore(db).finally(() => db.destroy());
  await admin.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
}

function at(url: Secret, database: string): Secret {
  const other = new URL(url.reveal());
  other.pathname = `/${database}`;
  return new Secret(other.href);
}

async function administer<T>(cluster: Cluster, use: (admin: Client) => Promise<T>): Promise<T> {
  return connected(cluster.admin(await cluster.start()), use);
}

async function leaveOwn(): Promise<void> {
  if (own === null) return;
  own.users -= 1;
  if (own.users > 0) return;
  const { root } = own;
  own = null;
  await removeTestHome(await root);
}
