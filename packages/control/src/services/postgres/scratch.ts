import { randomBytes } from 'node:crypto';
import { Secret } from '@kova/core/secret';
import pg from 'pg';
import type { Home } from '../../home/home.ts';
import { processStart } from '../../home/process-start.ts';
import type { Cluster } from './cluster.ts';
import { openCluster } from './clusters.ts';
import { connected } from './connected.ts';
import { checkNames } from './names.ts';

const maxConnections = 100;

/** A database that nobody else uses, and that is gone when it is dropped. */
export interface ScratchDatabase {
  url: Secret;
  drop(): Promise<void>;
}

/**
 * An empty database on a cluster for the project's jobs, which gives up what a loss of power would need. Those that a
 * process left behind when it died are dropped on the way. @throws KovaError POSTGRES_FAILED, HOME_UNREACHABLE
 */
export async function scratchDatabase(home: Home, project: string): Promise<ScratchDatabase> {
  checkNames(project, 'jobs');
  const cluster = await openCluster(home, { path: ['_jobs', project], maxConnections, durable: false });
  const server = await cluster.start();
  const [name, password] = [await ownName(), randomBytes(24).toString('base64url')];
  await asAdmin(cluster, async (admin) => {
    await dropOrphans(admin);
    const role = pg.escapeIdentifier(name);
    await admin.query(`CREATE ROLE ${role} LOGIN NOSUPERUSER PASSWORD ${pg.escapeLiteral(password)}`);
    await admin.query(`CREATE DATABASE ${role} OWNER ${role}`);
    await admin.query(`REVOKE ALL ON DATABASE ${role} FROM PUBLIC`);
  });
  return {
    url: new Secret(`postgres://${name}:${password}@127.0.0.1:${server.port}/${name}`),
    drop: () => asAdmin(cluster, (admin) => drop(admin, name)),
  };
}

async function asAdmin<T>(cluster: Cluster, use: (admin: pg.Client) => Promise<T>): Promise<T> {
  return connected(cluster.admin(await cluster.start()), use, () => cluster.isRunning());
}

async function drop(admin: pg.Client, name: string): Promise<void> {
  const role = pg.escapeIdentifier(name);
  await admin.query(`DROP DATABASE IF EXISTS ${role} WITH (FORCE)`);
  await admin.query(`DROP ROLE IF EXISTS ${role}`);
}

/** `job_<pid>_<its start time>_<random>`: whose it is can be told when that process is gone. */
async function ownName(): Promise<string> {
  return `job_${process.pid}_${(await processStart(process.pid)) ?? '0'}_${randomBytes(5).toString('hex')}`;
}

async function dropOrphans(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ rolname: string }>("SELECT rolname FROM pg_roles WHERE rolname LIKE 'job\\_%'");
  for (const { rolname } of rows) {
    const [, pid, start] = rolname.split('_');
    if ((await processStart(Number(pid))) !== start) await drop(admin, rolname);
  }
}
