import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { postgresImage, redisImage } from '@kova/control/testing/docker-engine';
import type { AppVersion } from './app.ts';

const modules = join(import.meta.dirname, '../../node_modules');
const driver = [
  ...['pg', 'pg-connection-string', 'pg-int8', 'pg-pool', 'pg-protocol', 'pg-types', 'pgpass', 'postgres-array'],
  ...['postgres-bytea', 'postgres-date', 'postgres-interval', 'split2', 'xtend'],
];

/** The driver of PostgreSQL and all that it needs, as files of a commit: nothing is installed in a container. */
function vendored(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of driver) {
    for (const path of readdirSync(join(modules, name), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(m?js|json)$/.test(path)) continue;
      files[`node_modules/${name}/${path}`] = readFileSync(join(modules, name, path), 'utf8');
    }
  }
  return files;
}

const seen = `
import { connect } from 'node:net';
import pg from 'pg';
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
pool.on('error', () => {});
const redis = (command) => new Promise((resolve, reject) => {
  const { hostname, port, password } = new URL(process.env.REDIS_URL);
  const socket = connect(Number(port), hostname);
  socket.end('AUTH default ' + password + '\\r\\n' + command + '\\r\\nQUIT\\r\\n');
  let said = '';
  socket.on('data', (data) => { said += data; });
  socket.on('close', () => resolve(said.split('\\r\\n').slice(1, -2).at(-1)));
  socket.on('error', reject);
});
async function account(response) {
  try {
    const { rows } = await pool.query('SELECT name FROM orders ORDER BY id');
    await redis('SETNX first ' + text);
    response.end(JSON.stringify({ text, orders: rows.map(({ name }) => name), first: await redis('GET first') }));
  } catch (error) {
    response.writeHead(503).end(error.message);
  }
}`;

const migration = (text: string) => `
import pg from 'pg';
const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();
await client.query('CREATE TABLE IF NOT EXISTS orders (id serial PRIMARY KEY, name text)');
await client.query('INSERT INTO orders (name) VALUES ($1)', ['${text}']);
await client.end();`;

const orders = `
import pg from 'pg';
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
pool.on('error', () => {});
async function account(response) {
  try {
    const { rows } = await pool.query('SELECT name FROM orders ORDER BY id');
    response.end(JSON.stringify({ text, orders: rows.map(({ name }) => name) }));
  } catch (error) {
    response.writeHead(503).end(error.message);
  }
}`;

/** An app which is well when its database is, which Kova does not keep; each release adds an order. */
export function databaseApp(text: string, more: Partial<AppVersion> = {}): AppVersion {
  return {
    text,
    atStart: orders,
    onHealth: `return void account(response);`,
    task: migration(text),
    files: vendored(),
    more: "database: { migrate: 'node task.mjs' },",
    ...more,
  };
}

/** An app which is well when its database and its Redis are; each release adds an order. */
export function serviceApp(text: string, more: Partial<AppVersion> = {}): AppVersion {
  const memory = "memory: '128mb'";
  return {
    text,
    atStart: seen,
    onHealth: `return void account(response);`,
    task: migration(text),
    files: vendored(),
    environments: "{ production: { stability: '1s', instances: 1 } }",
    services: `{
      postgres: { kind: 'postgres', image: '${postgresImage.name}', ${memory} },
      redis: { kind: 'redis', image: '${redisImage.name}', ${memory} },
    }`,
    more: "runtime: 'docker', database: { migrate: 'node task.mjs' },",
    ...more,
  };
}
