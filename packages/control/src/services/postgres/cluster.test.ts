import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Secret } from '@kova/core/secret';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Home, homeAt } from '../../home/home.ts';
import { postgresIdentity } from '../../home/unprivileged.ts';
import { makeHome } from '../../testing/home.ts';
import type { Cluster } from './cluster.ts';
import { openCluster } from './clusters.ts';
import { connected } from './connected.ts';
import { ensureLogin, type Login } from './login.ts';
import { ask, postmasterPid } from './testing/client.ts';

const run = promisify(execFile);
const login: Login = { role: 'app', database: 'app', password: new Secret('correct horse'), createsDatabases: false };

let home: Home;
let removeHome: () => Promise<void>;
let clusters: Cluster[];
let children: ChildProcess[];
let listeners: Server[];

beforeAll(async () => {
  ({ home, remove: removeHome } = await makeHome());
});

beforeEach(() => {
  clusters = [];
  children = [];
  listeners = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const listener of listeners) listener.close();
  for (const cluster of clusters) await cluster.stop();
});

afterAll(() => removeHome());

async function open(name: string, at = home): Promise<Cluster> {
  const cluster = await openCluster(at, { path: ['tests', name], maxConnections: 10 });
  clusters.push(cluster);
  return cluster;
}

function directoryOf(cluster: Cluster): string {
  return join(cluster.data, '..');
}

test('the second cluster is a copy of the template that the first one made', async () => {
  const first = await open('first');
  await first.start();
  const template = join(home.postgres, '_templates');
  const made = statSync(template).mtimeMs;
  const second = await open('second');
  const { url } = await ensureLogin(second.server, login);
  expect(statSync(template).mtimeMs).toBe(made);
  expect(await ask(url, `SELECT current_setting('data_checksums') AS checksums, lower('ÉCOLE') AS lower`)).toEqual({
    checksums: 'on',
    lower: 'école',
  });
  expect(await ask(url, `SELECT current_setting('fsync') AS fsync`)).toEqual({ fsync: 'on' });
});

test.skipIf(postgresIdentity() === null)(
  'for root it runs as an unprivileged user, in files of that user',
  async () => {
    const cluster = await open('unprivileged');
    const { pid } = await cluster.start();
    const uid = postgresIdentity()?.uid;
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s`, 'm'));
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Groups:\s*$/m);
    const { uid: owner, mode } = await stat(cluster.data);
    expect({ owner, mode: mode & 0o777 }).toEqual({ owner: uid, mode: 0o700 });
  },
);

test('start adopts a running server; stop stops it, twice; the data stay', async () => {
  const cluster = await open('twice');
  const started = await cluster.start();
  const { url } = await ensureLogin(cluster.server, login);
  await ask(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  expect(await cluster.start()).toEqual(started);
  await cluster.stop();
  await cluster.stop();
  expect(await cluster.isRunning()).toBe(false);
  const again = await ensureLogin(cluster.server, login);
  expect(again.url.reveal()).toBe(url.reveal());
  expect(await ask(again.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 });
});

// As in a container, where even root sees no more of the processes of others.
test.skipIf(postgresIdentity() === null)(
  'who may not look into its process adopts a running server all the same',
  async () => {
    const cluster = await open('unseen');
    const { pid } = await cluster.start();
    const module = join(import.meta.dirname, 'server/postmaster.ts');
    const code = `console.log(JSON.stringify(await (await import(process.argv[1])).runningIn(process.argv[2])))`;
    const node = [process.execPath, '--input-type=module', '--eval', code, module, cluster.data];
    const { stdout } = await run('setpriv', ['--bounding-set', '-sys_ptrace', ...node]);
    expect(JSON.parse(stdout)).toMatchObject({ pid });
  },
);

test('two that create it at once, template and all, get the same server', async () => {
  const fresh = homeAt(join(home.slots, 'raced'));
  await mkdir(fresh.root, { mode: 0o711 });
  const [one, two] = [await open('raced', fresh), await open('raced', fresh)];
  const [first, second] = await Promise.all([one.start(), two.start()]);
  expect(second).toEqual(first);
});

test('after kill -9 of the server it starts again over the pid file and keeps what was committed', async () => {
  const cluster = await open('killed');
  const { url } = await ensureLogin(cluster.server, login);
  await ask(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const { pid } = await cluster.start();
  process.kill(pid, 'SIGKILL');
  while (await cluster.isRunning()) await sleep(5);
  expect(postmasterPid(directoryOf(cluster))).toBe(pid);
  const again = await ensureLogin(cluster.server, login);
  expect(await ask(again.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 });
  expect(postmasterPid(directoryOf(cluster))).not.toBe(pid);
});

test('an orphan of a killed server that is busy keeps nobody from starting or stopping', async () => {
  const cluster = await open('orphan');
  const killWhileBusy = async () => {
    const server = await cluster.start();
    const busy = connected(cluster.admin(server), async (admin) => {
      await admin.query('DO $$ BEGIN LOOP PERFORM count(*) FROM generate_series(1, 300000); END LOOP; END $$');
    }).catch((error: Error) => error);
    await connected(cluster.admin(server), async (admin) => {
      const running = `SELECT FROM pg_stat_activity WHERE query LIKE 'DO %' AND state = 'active'`;
      while ((await admin.query(running)).rowCount === 0) await sleep(5);
    });
    process.kill(server.pid, 'SIGKILL');
    while (await cluster.isRunning()) await sleep(5);
    return { pid: server.pid, busy };
  };
  const first = await killWhileBusy();
  expect((await cluster.start()).pid).not.toBe(first.pid);
  expect(await first.busy).toBeInstanceOf(Error);
  const second = await killWhileBusy();
  await cluster.stop();
  expect(await second.busy).toBeInstanceOf(Error);
});

test('a server that is killed at the moment it is asked for is started again', async () => {
  const cluster = await open('moment');
  await ensureLogin(cluster.server, login);
  const { pid } = await cluster.start();
  const asked = ensureLogin(cluster.server, login);
  process.kill(pid, 'SIGKILL');
  await asked;
  while (postmasterPid(directoryOf(cluster)) === pid) await ensureLogin(cluster.server, login);
  expect((await cluster.start()).pid).not.toBe(pid);
});

test('a pid file whose number belongs to another process of the same user is no hindrance', async () => {
  const cluster = await open('stranger');
  const server = await cluster.start();
  const text = await readFile(join(cluster.data, 'postmaster.pid'), 'utf8');
  await cluster.stop();
  const as = postgresIdentity();
  const stranger = spawn('sleep', ['60'], { cwd: '/', stdio: 'ignore', ...(as ? { uid: as.uid, gid: as.gid } : {}) });
  children.push(stranger);
  await once(stranger, 'spawn');
  await writeFile(join(cluster.data, 'postmaster.pid'), text.replace(String(server.pid), String(stranger.pid)));
  expect(await cluster.isRunning()).toBe(false);
  expect((await cluster.start()).pid).not.toBe(stranger.pid);
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
});

test('another port is chosen when its own was taken, and kept from then on', async () => {
  const cluster = await open('ports');
  const { port } = await cluster.start();
  await cluster.stop();
  const listener = createServer().listen(port, '127.0.0.1');
  listeners.push(listener);
  await once(listener, 'listening');
  const moved = await cluster.start();
  expect(moved.port).not.toBe(port);
  await cluster.stop();
  expect((await cluster.start()).port).toBe(moved.port);
});

test('it listens on the loopback address alone', async () => {
  const cluster = await open('loopback');
  const { port } = await cluster.start();
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const listening = ['tcp', 'tcp6']
    .flatMap((table) => readFileSync(`/proc/net/${table}`, 'utf8').split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '0A' && local?.endsWith(`:${hex}`));
  expect(listening.map(([, local]) => local)).toEqual([`0100007F:${hex}`]);
});

test('in a home too deep for a socket the socket goes to a private directory elsewhere, found again', async () => {
  const deep = homeAt(join(home.slots, 'a-long-name-of-a-directory'.repeat(4)));
  await mkdir(deep.root, { mode: 0o711 });
  const cluster = await open('deep', deep);
  const { socketDirectory } = await cluster.start();
  expect(socketDirectory.startsWith(deep.root)).toBe(false);
  expect((await stat(socketDirectory)).mode & 0o777).toBe(0o700);
  await ensureLogin(cluster.server, login);
  await cluster.stop();
  expect((await cluster.start()).socketDirectory).toBe(socketDirectory);
  await cluster.stop();
  await rm(socketDirectory, { recursive: true });
});

test('what keeps it from starting is in the error, from its log', async () => {
  const cluster = await open('broken');
  await cluster.prepare();
  await writeFile(join(cluster.data, 'PG_VERSION'), '9.6\n');
  await expect(cluster.start()).rejects.toMatchObject({
    code: 'POSTGRES_FAILED',
    message: expect.stringMatching(/database files are incompatible with server/),
    next: expect.stringContaining(join(directoryOf(cluster), 'log')),
  });
});
