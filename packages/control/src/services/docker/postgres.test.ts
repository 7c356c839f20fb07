import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServicesConfig } from '@kova/core/config/schema';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { postgresImage } from '../../testing/engine/service-images.ts';
import { altered, ask } from '../postgres/testing/client.ts';
import { stopContainer } from './container.ts';
import { serviceName } from './container-options.ts';
import { type Dock, openDock, postgresWish, wish } from './testing/dock.ts';

let dock: Dock;
beforeAll(async () => {
  dock = await openDock([postgresImage]);
}, 240_000);
afterAll(() => dock?.close());

async function database(environment = 'production', options = {}) {
  const { DATABASE_URL } = await dock.services.ensure(wish(postgresWish, environment), options);
  if (!DATABASE_URL) throw new Error('there is no database');
  return DATABASE_URL;
}

function place(environment: string) {
  return { home: dock.mark, project: 'shop', environment };
}

function container(environment = 'production') {
  return dock.testing.engine.getContainer(serviceName(place(environment), 'postgres'));
}

async function state(environment = 'production') {
  const [seen] = await dock.services.states(wish(postgresWish, environment));
  if (!seen) throw new Error('there is no service');
  return seen;
}

test('an app gets a role without power that owns its database, sorted and checked as that of a process', async () => {
  const url = await database();
  expect(url.reveal()).toMatch(/^postgres:\/\/app:[A-Za-z0-9_-]{43}@10\.\d+\.\d+\.\d+:5432\/app$/);
  expect(
    await ask(url, 'SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user'),
  ).toEqual({ rolsuper: false, rolcreaterole: false, rolcreatedb: false });
  const settings = ['server_version_num', 'data_checksums', 'fsync', 'max_connections', 'shared_buffers'];
  const shown = settings.map((name) => `current_setting('${name}') AS ${name}`).join(', ');
  expect(await ask(url, `SELECT ${shown}, lower('ÉCOLE') AS lower`)).toEqual({
    server_version_num: expect.stringMatching(/^18/),
    ...{ data_checksums: 'on', fsync: 'on', max_connections: '100', shared_buffers: '64MB', lower: 'école' },
  });
  const wrong = ask(altered(url, { password: 'wrong' }), 'SELECT 1');
  await expect(wrong).rejects.toMatchObject({ code: '28P01' });
});

test('what the engine shows of it holds no secret, and it has no right that it does not need', async () => {
  const url = await database();
  const shown = await container().inspect();
  expect(JSON.stringify(shown)).not.toContain(new URL(url.reveal()).password);
  const superuser = await readFile(join(dock.home.keys, 'services/shop/production/postgres.password'), 'utf8');
  expect(JSON.stringify(shown)).not.toContain(superuser);
  expect(shown.Config.User).toBe('postgres');
  expect(shown.HostConfig).toMatchObject({
    ...{ ReadonlyRootfs: true, CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'], Privileged: false },
    ...{ Memory: 256 * 1024 ** 2, PidsLimit: 512, RestartPolicy: { Name: 'unless-stopped' } },
  });
  const status = await readFile(`/proc/${shown.State.Pid}/status`, 'utf8');
  expect(status).toMatch(/^CapEff:\s+0+$/m);
  expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
  expect(status).not.toMatch(/^Uid:\s+0\s/m);
});

test('asked for again it is adopted, and the engine says that it is healthy', async () => {
  const url = await database();
  const { State } = await container().inspect();
  await ask(url, 'CREATE TABLE adopted (id integer)');
  const again = await Promise.all([database(), database('production', { adjust: true })]);
  expect(again.map((each) => each.reveal())).toEqual([url.reveal(), url.reveal()]);
  expect((await container().inspect()).State.Pid).toBe(State.Pid);
  const address = new URL(url.reveal()).host;
  await vi.waitFor(async () => expect((await state()).state).toBe('healthy'), { timeout: 30_000, interval: 500 });
  expect(await state()).toEqual({ kind: 'postgres', state: 'healthy', address, reason: '' });
});

test('two environments cannot come to each other, by address or by login', async () => {
  const [production, staging] = await Promise.all([database(), database('staging')]);
  const there = new URL(staging.reveal());
  const login = Object.assign(new URL(production.reveal()), { host: there.host });
  await expect(ask(login.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  const [one, two] = await Promise.all(['production', 'staging'].map((name) => container(name).inspect()));
  expect(one?.HostConfig.NetworkMode).not.toBe(two?.HostConfig.NetworkMode);
});

test('a larger memory is taken up when a deployment asks for it, and the data stay', async () => {
  const url = await database('staging');
  await ask(url, 'CREATE TABLE kept AS SELECT 1 AS one');
  const larger = { postgres: { ...postgresWish.postgres, memory: 320 * 1024 ** 2 } } as ServicesConfig;
  await dock.services.ensure(wish(larger, 'staging'));
  expect((await container('staging').inspect()).HostConfig.Memory).toBe(256 * 1024 ** 2);
  await dock.services.ensure(wish(larger, 'staging'), { adjust: true });
  expect((await container('staging').inspect()).HostConfig.Memory).toBe(320 * 1024 ** 2);
  expect(await ask(url, 'SELECT one FROM kept')).toEqual({ one: 1 });
});

test('stopped, it has written what it held; started, it has the same address and data', async () => {
  const url = await database('stopped');
  await ask(url, 'CREATE TABLE kept AS SELECT 1 AS one');
  await stopContainer(dock.testing.engine, serviceName(place('stopped'), 'postgres'));
  expect((await state('stopped')).state).toBe('ended');
  expect((await container('stopped').inspect()).State.ExitCode).toBe(0);
  expect((await database('stopped')).reveal()).toBe(url.reveal());
  expect(await ask(url, 'SELECT one FROM kept')).toEqual({ one: 1 });
});
