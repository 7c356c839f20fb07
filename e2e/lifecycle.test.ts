import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { launchControl } from '@kova/control/launch';
import { stopHome } from '@kova/control/stop';
import { surveyHome } from '@kova/control/survey';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { runKova } from './testing/command.ts';
import { TestKova } from './testing/kova.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
  await kova.shipped({ text: 'one', services: `{ postgres: postgres() }` });
});
afterAll(() => kova.close());

const command = (args: string[], env: NodeJS.ProcessEnv = {}) => runKova(args, { ...kova.env, ...env });

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
