import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Home, homeAt, prepareHome } from '../../home/home.ts';
import { postgresIdentity } from '../../home/unprivileged.ts';
import { makeHome } from '../../testing/home.ts';
import { createDatabases, type Databases } from './databases.ts';
import { ensureStore } from './own-store.ts';
import { altered, ask, postmasterPid } from './testing/client.ts';

let home: Home;
let removeHome: () => Promise<void>;
let databases: Databases;
const environments = ['production', 'staging', 'raced', 'adopted', 'mended'];

beforeAll(async () => {
  ({ home, remove: removeHome } = await makeHome());
  databases = createDatabases(home);
});

afterAll(async () => {
  for (const environment of environments) await databases.stop('shop', environment);
  await removeHome();
});

/** Ensures the database from a process of its own, which then stays. */
function ensureElsewhere(environment: string): { child: ChildProcess; url: Promise<string> } {
  const program = fileURLToPath(new URL('testing/ensure.ts', import.meta.url));
  const argv = [program, home.root, 'shop', environment];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = once(child.stdout, 'data').then(([chunk]) => String(chunk).trim());
  return { child, url };
}

test('an app gets a role without power that owns its database', async () => {
  const { url, port } = await databases.ensure('shop', 'production');
  expect(url.reveal()).toMatch(new RegExp(`^postgres://app:[A-Za-z0-9_-]{43}@127\\.0\\.0\\.1:${port}/app$`));
  const role = await ask(
    url,
    'SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user',
  );
  expect(new Set(Object.values(role))).toEqual(new Set([false]));
  await ask(url, 'CREATE TABLE orders (id integer)');
  await expect(ask(url, `COPY orders FROM PROGRAM 'id'`)).rejects.toMatchObject({ code: '42501' });
  await expect(ask(altered(url, { pathname: '/postgres' }), 'SELECT 1')).rejects.toMatchObject({ code: '42501' });
});

test('over TCP a wrong password, the superuser, and the login of a sibling are refused', async () => {
  const production = await databases.ensure('shop', 'production');
  const staging = await databases.ensure('shop', 'staging');
  expect(staging.port).not.toBe(production.port);
  const wrong = { code: '28P01' };
  await expect(ask(altered(production.url, { password: 'wrong' }), 'SELECT 1')).rejects.toMatchObject(wrong);
  await expect(ask(altered(production.url, { port: `${staging.port}` }), 'SELECT 1')).rejects.toMatchObject(wrong);
  await expect(ask(altered(production.url, { username: 'kova_admin' }), 'SELECT 1')).rejects.toMatchObject({
    code: '28000',
  });
});

test('the password is in a file that only Kova can read', async () => {
  const { url } = await databases.ensure('shop', 'production');
  const file = join(home.keys, 'postgres', 'shop', 'production');
  expect(new URL(url.reveal()).password).toBe(await readFile(file, 'utf8'));
  const { mode, uid } = await stat(file);
  expect({ mode: mode & 0o777, uid }).toEqual({ mode: 0o600, uid: process.getuid?.() });
  const socket = join(home.postgres, 'shop', 'production', 'socket');
  expect((await stat(socket)).mode & 0o777).toBe(0o700);
});

test('many at once, here and in other processes, get one server and one password', async () => {
  const others = [ensureElsewhere('raced'), ensureElsewhere('raced')];
  const here = [databases, databases, createDatabases(home)].map((all) => all.ensure('shop', 'raced'));
  const urls = [...(await Promise.all(here)).map(({ url }) => url.reveal())];
  urls.push(...(await Promise.all(others.map(({ url }) => url))));
  for (const { child } of others) child.kill('SIGKILL');
  expect(new Set(urls).size).toBe(1);
});

test('it outlives a kill -9 of the process that started it, and is adopted', async () => {
  const { child, url } = ensureElsewhere('adopted');
  const first = await url;
  const pid = postmasterPid(join(home.postgres, 'shop', 'adopted'));
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect((await databases.ensure('shop', 'adopted')).url.reveal()).toBe(first);
  expect(postmasterPid(join(home.postgres, 'shop', 'adopted'))).toBe(pid);
});

test('a lost password file is replaced and the role follows', async () => {
  const before = await databases.ensure('shop', 'mended');
  await rm(join(home.keys, 'postgres', 'shop', 'mended'));
  const after = await databases.ensure('shop', 'mended');
  expect(after.url.reveal()).not.toBe(before.url.reveal());
  expect(await ask(after.url, 'SELECT 1 AS one')).toEqual({ one: 1 });
  await expect(ask(before.url, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
});

test.each([
  ['..', 'production'],
  ['shop', '../keys'],
  ['_kova', 'data'],
  ['', 'x'],
  ['shop', 'a/b'],
  ['shop', 'A'],
])('%j/%j names no environment', async (project, environment) => {
  await expect(databases.ensure(project, environment)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  await expect(databases.stop(project, environment)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});

test('to stop what never ran is no error and creates nothing', async () => {
  await databases.stop('shop', 'never');
  await expect(stat(join(home.postgres, 'shop', 'never', 'data'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test.skipIf(postgresIdentity() === null)('a home behind a closed directory is refused, with what to do', async () => {
  const closed = join(home.slots, 'closed');
  await mkdir(closed, { mode: 0o700 });
  const inside = homeAt(join(closed, 'kova'));
  await prepareHome(inside);
  const refused = createDatabases(inside).ensure('shop', 'production');
  await expect(refused).rejects.toMatchObject({
    code: 'HOME_UNREACHABLE',
    message: expect.stringContaining(`cannot enter ${closed}`),
    next: expect.stringContaining(`chmod o+x ${closed}`),
  });
  await chmod(closed, 0o711);
  await createDatabases(inside).ensure('shop', 'production');
  await createDatabases(inside).stop('shop', 'production');
});

test("Kova's own store is embedded unless KOVA_DATABASE_URL names another", async () => {
  const store = await ensureStore(home, {});
  expect(store.embedded).toBe(true);
  await ask(store.url, 'CREATE DATABASE kova_dbos');
  expect(await ask(store.url, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toEqual({
    rolsuper: false,
  });
  const given = await ensureStore(home, { KOVA_DATABASE_URL: store.url.reveal() });
  expect(given.embedded).toBe(false);
  await given.stop();
  expect(await ask(given.url, 'SELECT current_database() AS name')).toEqual({ name: 'kova' });
  const { password } = new URL(given.url.reveal());
  const [file, url] = [join(home.keys, 'store-password'), given.url.reveal().replace(`:${password}@`, '@')];
  await writeFile(file, `${decodeURIComponent(password)}\n`);
  const read = await ensureStore(home, { KOVA_DATABASE_URL: url, KOVA_DATABASE_PASSWORD_FILE: file });
  expect(await ask(read.url, 'SELECT current_database() AS name')).toEqual({ name: 'kova' });
  const away = ensureStore(home, { KOVA_DATABASE_URL: url, KOVA_DATABASE_PASSWORD_FILE: join(home.keys, 'nothing') });
  await expect(away).rejects.toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining('ENOENT') });
  await store.stop();
  await expect(ask(store.url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  const bad = ensureStore(home, { KOVA_DATABASE_URL: 'mysql://root:hunter2@db/kova' });
  await expect(bad).rejects.toMatchObject({ code: 'INPUT_INVALID', message: expect.not.stringContaining('hunter2') });
});
