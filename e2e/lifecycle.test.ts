import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type { ShipView } from '@kova/control/api';
import { launchControl } from '@kova/control/launch';
import { stopHome } from '@kova/control/stop';
import { surveyHome } from '@kova/control/survey';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { commitVersion } from './testing/app.ts';
import { runKova } from './testing/command.ts';
import { TestKova } from './testing/kova.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
  await kova.shipped({ text: 'one', services: `{ postgres: postgres() }` });
});
afterAll(() => kova.close());

const command = (args: string[], env: NodeJS.ProcessEnv = {}) => runKova(args, { ...kova.env, ...env });

/** Seconds to sleep that no other process of this machine sleeps, by which a child is known again. */
const nobody = 2_000_000 + process.pid;

async function running(): Promise<string[]> {
  return (await surveyHome(kova.env)).map(({ kind, name }) => (kind === 'instance' ? name : kind)).sort();
}

const everything = [
  ...['PostgreSQL', 'PostgreSQL', 'control plane', 'edge'],
  ...['shop/production/blue/0', 'shop/production/blue/1'],
];

test('down after kill -9 of the control plane stops edge, instances and databases, and says so', async () => {
  kova.killControl();
  expect(await kova.until(running, (found) => !found.includes('control plane'))).toHaveLength(everything.length - 1);
  const status = await command(['status']);
  expect(status).toMatchObject({ code: 1, out: '' });
  expect(status.err).toMatch(
    /NOT_RUNNING: .* these run: the edge at .*, 2 instances of shop\/production\/blue, Postgre/,
  );
  expect(status.err).toContain('`kova down` stops them');
  const doctor = await command(['doctor']);
  expect(doctor.out).toContain('but these run: the edge at');
  const down = await command(['down']);
  expect(down).toMatchObject({ code: 0, err: '' });
  expect(down.out).toMatch(/^Kova is stopped: the edge at .*, 2 instances of shop\/production\/blue, PostgreSQL of /);
  expect(await running()).toEqual([]);
  expect((await command(['down'])).out).toMatch(/^Nothing of .* was running/);
});

test('up after down serves again what was live, database and all', async () => {
  await kova.up();
  const answer = await kova.until(
    () => kova.get('/env'),
    ({ status }) => status === 200,
  );
  expect(JSON.parse(answer.body).env.DATABASE_URL).toContain('postgres://');
  expect(await running()).toEqual(everything);
});

test('down --keep-apps takes nothing from users, and the next up adopts what runs', async () => {
  const before = JSON.parse((await kova.get('/env')).body).env.KOVA_LAUNCH as string;
  const down = await command(['down', '--keep-apps']);
  expect(down.out).toBe('The control plane is stopped; apps, edge and databases go on.\n');
  expect(await running()).toEqual(everything.filter((name) => name !== 'control plane'));
  expect((await kova.get()).status).toBe(200);
  await kova.up();
  const { instances } = await kova.environment();
  expect(instances).toHaveLength(2);
  const launches = await Promise.all([kova.get('/env'), kova.get('/env')]);
  expect(launches.map(({ body }) => JSON.parse(body).env.KOVA_LAUNCH)).toContain(before);
});

test('two ups at the same time: one starts Kova, both say that it is ready', async () => {
  await stopHome({ env: kova.env, apps: false });
  const both = await Promise.all([launchControl({ env: kova.env }), launchControl({ env: kova.env })]);
  expect(new Set(both.map(({ pid }) => pid)).size).toBe(1);
  expect(both.map(({ adopted }) => adopted).sort()).toEqual([false, true]);
  kova.control = both[0];
  expect(await running()).toEqual(everything);
});

test('an up that asks for other addresses than those in use says where Kova is and how to move it', async () => {
  const elsewhere = await command(['up'], { KOVA_PORT: '1' });
  expect(elsewhere).toMatchObject({ code: 1, out: '' });
  expect(elsewhere.err).toContain(`ALREADY_RUNNING: Kova runs already, at ${kova.control.url}`);
  expect(elsewhere.err).toContain('kova down --keep-apps');
  const edge = await command(['up'], { KOVA_EDGE_LISTEN: '127.0.0.1:1' });
  expect(edge.err).toContain(`ALREADY_RUNNING: the edge runs already, at ${kova.control.edge}`);
  expect((await command(['up'], { KOVA_PORT: '', KOVA_EDGE_LISTEN: '' })).out).toContain('Kova runs already.');
  expect((await command(['status'], { KOVA_PORT: '1' })).out).toContain('production');
});

test('the edge of a control plane that is gone is not adopted at another address either, and goes on', async () => {
  kova.killControl();
  const edge = await command(['up'], { KOVA_EDGE_LISTEN: '127.0.0.1:1' });
  expect(edge.err).toContain(`ALREADY_RUNNING: the edge runs already, at ${kova.control.edge}`);
  expect(await running()).toEqual(everything.filter((name) => name !== 'control plane'));
  await kova.up();
});

test('a paused control plane and a paused edge are stopped all the same', async () => {
  const [edge] = (await surveyHome(kova.env)).filter(({ kind }) => kind === 'edge');
  process.kill(kova.control.pid, 'SIGSTOP');
  process.kill(edge!.pids[0]!, 'SIGSTOP');
  await stopHome({ env: kova.env });
  expect(await running()).toEqual([]);
});

test('down while Kova starts leaves nothing, and the up says what came of it', async () => {
  const starting = launchControl({ env: kova.env });
  const refused = expect(starting).rejects.toMatchObject({
    code: 'NOT_RUNNING',
    message: expect.stringContaining('stopped while'),
  });
  await kova.until(running, (found) => found.includes('PostgreSQL'));
  await stopHome({ env: kova.env });
  await refused;
  expect(await running()).toEqual([]);
});

test('what does not stop is named, with what to do, and nothing is called stopped', async () => {
  await kova.up();
  const [cluster] = (await surveyHome(kova.env)).filter(({ name }) => name === 'shop/production');
  const pid = cluster!.pids[0]!;
  process.kill(pid, 'SIGSTOP');
  await expect(stopHome({ env: kova.env, patienceMs: 500 })).rejects.toMatchObject({
    code: 'STILL_RUNNING',
    message: expect.stringContaining(`PostgreSQL shop/production (${pid})`),
    next: expect.stringContaining(`kill -9 ${pid}`),
  });
  process.kill(pid, 'SIGCONT');
  await stopHome({ env: kova.env });
  expect(await running()).toEqual([]);
});

test('a home made under umask 077 serves the unprivileged users all the same', async () => {
  const home = join(kova.home, 'deep/home');
  const env = { ...kova.env, KOVA_HOME: home, KOVA_PORT: '0', KOVA_EDGE_LISTEN: '127.0.0.1:0' };
  const before = process.umask(0o077);
  try {
    await launchControl({ env });
    const build = `['node', '-e', 'require("fs").writeFileSync("built", "1")']`;
    commitVersion(kova.repository, { text: 'masked', app: `build: ${build},`, services: `{ postgres: postgres() }` });
    expect(await runKova(['ship'], env, kova.repository)).toMatchObject({ code: 0, err: '' });
  } finally {
    process.umask(before);
    await stopHome({ env });
  }
});

test('down ends a build at work and all of it; the ship goes on after the next up', async () => {
  await kova.up();
  const seen = join(kova.home, 'seen');
  mkdirSync(seen);
  chmodSync(seen, 0o777);
  const file = JSON.stringify(join(seen, 'first'));
  const script = `const fs = require('fs'); if (!fs.existsSync(${file})) { fs.writeFileSync(${file}, ''); require('child_process').spawn('setsid', ['sleep', '${nobody}']); setInterval(() => {}, 1000); }`;
  const { ship } = await kova.ship({ text: 'built twice', app: `build: ['node', '-e', ${JSON.stringify(script)}],` });
  await kova.until(async () => existsSync(join(seen, 'first')), Boolean);
  expect(readdirSync(join(kova.home, 'builds/shop'))).toHaveLength(1);
  await stopHome({ env: kova.env });
  expect(readdirSync(join(kova.home, 'builds/shop'))).toEqual([]);
  expect(execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' })).not.toContain(`sleep ${nobody}`);
  await kova.up();
  const ended = await kova.until(
    () => kova.call<ShipView>('GET', `/v1/ships/${ship}`),
    ({ state }) => state === 'done' || state === 'failed',
  );
  expect(ended.error).toBeNull();
  expect((await kova.get()).release).toBe(ended.release);
});

// https://github.com/bikeindex/bike_index/pull/4313
test('after kill -9 in the midst of a deployment nothing stays locked, and pruning still runs', async () => {
  const waste = join(kova.home, 'artefacts/sha256/ab', `${'ab'.repeat(32)}.tar.zst`);
  mkdirSync(dirname(waste), { recursive: true });
  writeFileSync(waste, 'waste');
  utimesSync(waste, 0, 0);
  const slow = await kova.ship({ text: 'slow', atStart: 'await new Promise((r) => setTimeout(r, 2000));' });
  await kova.until(
    () => kova.environment(),
    ({ inFlight }) => inFlight?.phase === 'starting',
  );
  kova.killControl();
  await kova.up();
  const next = await kova.shipped({ text: 'next' });
  expect(next.error).toBeNull();
  const { state } = await kova.call<ShipView>('GET', `/v1/ships/${slow.ship}`);
  expect(['done', 'failed']).toContain(state);
  expect((await kova.get()).release).toBe(next.release);
  await kova.until(
    async () => existsSync(waste),
    (there) => !there,
  );
});

// https://github.com/coollabsio/coolify/issues/7019
test('a secret of the app and the password of its database are in no log, no answer and no file that others read', async () => {
  const secret = `sentinel-${kova.control.pid}-of-this-test`;
  const ship = await kova.shipped({
    text: 'secretive',
    atStart: 'console.log(process.env);',
    environments: `{ production: { stability: '1s', instances: 2, env: { API_TOKEN: '${secret}' } } }`,
    services: `{ postgres: postgres() }`,
  });
  expect(ship.error).toBeNull();
  const password = readFileSync(join(kova.home, 'keys/postgres/shop/production'), 'utf8');
  expect(JSON.parse((await kova.get('/env')).body).env).toMatchObject({ API_TOKEN: secret });
  const logs = await command(['logs', 'production']);
  expect(logs.out).toContain('[secret]');
  const paths = ['status', 'projects/shop/releases', `ships/${ship.id}`, `deployments/${ship.deployments[0]!.id}`];
  const answers = await Promise.all(paths.map((path) => kova.call('GET', `/v1/${path}`)));
  const events = (await command(['attach', ship.id])).out;
  const kept = [
    'logs/control.log',
    'edge/edge.log',
    ...readdirSync(join(kova.home, 'logs/jobs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.log'))
      .map((name) => `logs/jobs/${name}`),
  ];
  const said = kept.map((name) => readFileSync(join(kova.home, name), 'utf8'));
  for (const text of [logs.out, JSON.stringify(answers), events, ...said]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(password);
  }
  if (process.getuid?.() !== 0) return;
  chmodSync(kova.repository, 0o700);
  // As a user who is neither an app's, nor PostgreSQL's, nor Kova's.
  const read = 'setpriv --reuid=4242 --regid=4242 --clear-groups xargs -0 grep -lsF -e "$2" -e "$3" || true';
  const argv = ['-c', `find "$1" -type f -print0 | ${read}`, 'sh', kova.home, secret, password];
  expect(execFileSync('sh', argv, { encoding: 'utf8' })).toBe('');
});

test.skipIf(process.getuid?.() !== 0)('no app sees the environment, the release or the logs of another', async () => {
  const peek = `
const { readFileSync, readdirSync } = await import('node:fs');
process.env.SEEN = readdirSync('/proc').filter((pid) => {
  try { return readFileSync('/proc/' + pid + '/environ', 'utf8').includes('KOVA_ENVIRONMENT=production'); } catch { return false; }
}).join();
process.env.FILES = ['blue', 'green'].map((colour) => {
  try { return readdirSync('../../production/' + colour).join('+'); } catch (error) { return error.code; }
}).join();`;
  const environments = `{ staging: { stability: '1s' }, production: { stability: '1s', instances: 2 } }`;
  const { error } = await kova.shipped({ text: 'curious', environments, atStart: peek });
  expect(error).toBeNull();
  const { env } = JSON.parse((await kova.get('/env', 'staging')).body);
  expect(env.SEEN).toBe('');
  expect(env.FILES).toMatch(/^(EACCES|ENOENT),(EACCES|ENOENT)$/);
  expect(env.FILES).toContain('EACCES');
});

/** Kova's own store, as Kova connects to it. */
function storeUrl(): string {
  const port = readFileSync(join(kova.home, 'postgres/_kova/data/postmaster.pid'), 'utf8').split('\n')[3];
  const password = readFileSync(join(kova.home, 'keys/postgres/_kova'), 'utf8');
  return `postgres://kova:${encodeURIComponent(password)}@127.0.0.1:${port}/kova`;
}

/** A start that cannot succeed, from a home in which nothing runs. */
async function refused(env: NodeJS.ProcessEnv): Promise<string> {
  const { code, err } = await command(['up'], env);
  expect(code).toBe(1);
  expect(await running()).toEqual([]);
  return err;
}

test('an up that fails says why, and leaves nothing running that it has started', async () => {
  await stopHome({ env: kova.env });
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  expect(await refused({ KOVA_PORT: `${port}` })).toMatch(/PORT_IN_USE: 127\.0\.0\.1:\d+.*\n→ .*KOVA_PORT/);
  expect(await refused({ KOVA_EDGE_LISTEN: `127.0.0.1:${port}` })).toMatch(/PORT_IN_USE: .*\n→ .*/);
  expect(await refused({ KOVA_PORT: 'x' })).toContain('INPUT_INVALID: KOVA_PORT is not a port: x');
  const away = await refused({ KOVA_DATABASE_URL: `postgres://kova:hunter2@127.0.0.1:1/kova` });
  expect(away).toMatch(/STORE_UNAVAILABLE: .*\n→ .*KOVA_DATABASE_URL/);
  expect(away).not.toContain('hunter2');
  expect(await refused({ KOVA_DATABASE_URL: 'nonsense' })).toContain('INPUT_INVALID: KOVA_DATABASE_URL');
});

test('an up on a store of a newer Kova is refused and leaves nothing running', async () => {
  await kova.up();
  const store = new pg.Client(storeUrl());
  await store.connect();
  await store.query(`INSERT INTO kova_migrations (version, name, checksum) VALUES (9999, 'later', '')`);
  await store.end();
  await stopHome({ env: kova.env });
  onTestFinished(() => rmSync(join(kova.home, 'postgres/_kova'), { recursive: true }));
  expect(await refused({})).toMatch(/SCHEMA_NEWER: the store has schema 9999/);
});
