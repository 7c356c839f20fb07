import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServicesConfig } from '@kova/core/config/schema';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { postgresImage } from '../../testing/engine/service-images.ts';
import { makeHome } from '../../testing/home.ts';
import { ask } from '../postgres/testing/client.ts';
import { serviceLabels, serviceName } from './container-options.ts';
import { createDockerServices } from './docker-services.ts';
import { type Dock, openDock, postgresWish, wish } from './testing/dock.ts';

let dock: Dock;
beforeAll(async () => {
  dock = await openDock([postgresImage]);
}, 240_000);
afterAll(() => dock?.close());

const place = (environment: string) => ({ home: dock.mark, project: 'shop', environment });
const nameIn = (environment: string) => serviceName(place(environment), 'postgres');
const container = (environment: string) => dock.testing.engine.getContainer(nameIn(environment));

async function database(environment: string, services: ServicesConfig = postgresWish) {
  const { DATABASE_URL } = await dock.services.ensure(wish(services, environment));
  if (!DATABASE_URL) throw new Error('there is no database');
  return DATABASE_URL;
}

/** Ensures the database from a process of its own. */
function ensureElsewhere(environment: string): ChildProcess {
  const argv = [join(import.meta.dirname, 'testing/ensure.ts'), dock.home.root, dock.mark, environment];
  const env = { ...process.env, DOCKER_HOST: dock.testing.host };
  return spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'], env });
}

async function removeWith(environment: string, volume = false): Promise<void> {
  await container(environment).remove({ force: true });
  if (volume) await dock.testing.engine.getVolume(nameIn(environment)).remove();
}

test('a container that was removed by hand is made again with the same address and data', async () => {
  const url = await database('removed');
  await ask(url, 'CREATE TABLE kept AS SELECT 1 AS one');
  await removeWith('removed');
  const [seen] = await dock.services.states(wish(postgresWish, 'removed'));
  expect(seen).toMatchObject({ state: 'missing' });
  expect((await database('removed')).reveal()).toBe(url.reveal());
  expect(await ask(url, 'SELECT one FROM kept')).toEqual({ one: 1 });
});

test('after a restart of the engine it has the same address and data, without Kova', async () => {
  const url = await database('restarted');
  await ask(url, 'CREATE TABLE kept AS SELECT 1 AS one');
  await dock.testing.daemon.stop();
  await expect(database('restarted')).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  const [seen] = await dock.services.states(wish(postgresWish, 'restarted'));
  expect(seen).toMatchObject({ state: 'unknown', reason: expect.stringContaining('does not answer') });
  await dock.testing.daemon.start();
  const asked = () => ask(url, 'SELECT one FROM kept');
  await vi.waitFor(async () => expect(await asked()).toEqual({ one: 1 }), { timeout: 60_000, interval: 200 });
  expect((await database('restarted')).reveal()).toBe(url.reveal());
});

test('a server that is killed is started again by the engine, with all that was committed', async () => {
  const url = await database('struck');
  await ask(url, 'CREATE TABLE kept AS SELECT 1 AS one');
  process.kill((await container('struck').inspect()).State.Pid, 'SIGKILL');
  const asked = () => ask(url, 'SELECT one FROM kept');
  await vi.waitFor(async () => expect(await asked()).toEqual({ one: 1 }), { timeout: 60_000, interval: 200 });
});

test('a volume or a container of another home with its name is refused and not touched', async () => {
  const { engine } = dock.testing;
  const theirs = { ...serviceLabels(place('theirs'), 'postgres'), 'dev.kova.home': 'another' };
  await engine.createVolume({ Name: nameIn('theirs'), Labels: theirs });
  await expect(database('theirs')).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining(`the volume ${nameIn('theirs')} was not made by this Kova`),
  });
  await engine.getVolume(nameIn('theirs')).remove();
  const forged = await engine.createContainer({ name: nameIn('theirs'), Image: postgresImage.name, Labels: theirs });
  await expect(database('theirs')).rejects.toMatchObject({ code: 'CONFLICT' });
  await forged.remove();
  await ask(await database('theirs'), 'SELECT 1');
});

test('two homes on one engine have a database each', async () => {
  const other = await makeHome();
  const theirs = createDockerServices({
    env: { DOCKER_HOST: dock.testing.host },
    home: other.home,
    mark: 'cafe00000000',
  });
  const [mine, yours] = await Promise.all([
    database('shared'),
    theirs.ensure(wish(postgresWish, 'shared')).then(({ DATABASE_URL }) => DATABASE_URL?.reveal() ?? ''),
  ]);
  expect(new URL(yours).host).not.toBe(new URL(mine.reveal()).host);
  await ask(mine, 'CREATE TABLE mine (id integer)');
  expect(await ask(yours, "SELECT to_regclass('mine')::text AS mine")).toEqual({ mine: null });
  await other.remove();
});

test('an image that is not to be had, or is of another major version, is named before anything is made', async () => {
  const away = { ...postgresWish.postgres, image: '127.0.0.1:9/postgres:18' };
  await expect(database('away', { postgres: away } as ServicesConfig)).rejects.toMatchObject({
    code: 'IMAGE_UNUSABLE',
    message: expect.stringContaining('127.0.0.1:9/postgres:18'),
  });
  const old = await dock.testing.engine.createContainer({ Image: postgresImage.name, Env: ['PG_MAJOR=17'] });
  await old.commit({ repo: 'kova-test/postgres', tag: '17' });
  await old.remove();
  const older = { ...postgresWish.postgres, image: 'kova-test/postgres:17' };
  await expect(database('older', { postgres: older } as ServicesConfig)).rejects.toMatchObject({
    code: 'IMAGE_UNUSABLE',
    message: expect.stringContaining('is postgres 17, where 18 is wanted'),
  });
  const { Volumes } = await dock.testing.engine.listVolumes();
  expect(Volumes.map(({ Name }) => Name)).not.toContain(nameIn('older'));
});

test('data of another major version are named and not touched', async () => {
  const url = await database('foreign');
  await ask(url, 'SELECT 1');
  await container('foreign').stop();
  const version = '/var/lib/postgresql/18/docker/PG_VERSION';
  await runIn('foreign', ['sed', '-i', 's/18/17/', version]);
  await expect(database('foreign')).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
    message: expect.stringMatching(/^no login.*initialized by PostgreSQL version 17/s),
  });
  expect(await runIn('foreign', ['cat', version])).toContain('17');
  await removeWith('foreign');
});

/** Runs a command with the environment's volume. @returns what it said */
async function runIn(environment: string, argv: string[]): Promise<string> {
  const mount = { Type: 'volume', Source: nameIn(environment), Target: '/var/lib/postgresql' } as const;
  const tool = await dock.testing.engine.createContainer({
    ...{ Image: postgresImage.name, Cmd: argv, Tty: true },
    HostConfig: { NetworkMode: 'none', Mounts: [mount] },
  });
  await tool.start();
  await tool.wait();
  const said = String(await tool.logs({ stdout: true, stderr: true }));
  await tool.remove();
  return said;
}

test('a volume without room is named with what the server says, and works again when there is some', async () => {
  const options = { type: 'tmpfs', device: 'tmpfs', o: 'size=24m,uid=999,gid=999,mode=1777' };
  const volume = { Name: nameIn('full'), Labels: serviceLabels(place('full'), 'postgres') };
  await dock.testing.engine.createVolume({ ...volume, Driver: 'local', DriverOpts: options });
  const refused = await database('full').catch((error: Error) => error);
  expect(refused).toMatchObject({ code: 'SERVICE_FAILED', message: expect.stringMatching(/No space left on device/) });
  await removeWith('full', true);
  await ask(await database('full'), 'SELECT 1');
});

test('Kova may be killed at any moment while it makes one', async () => {
  for (const ms of [200, 500, 1000]) {
    const child = ensureElsewhere('killed');
    await sleep(ms);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await ask(await database('killed'), 'CREATE TABLE made (id integer)');
    await removeWith('killed', true);
  }
});

test('asked for by several processes at once there is one, with one password', async () => {
  const children = [ensureElsewhere('raced'), ensureElsewhere('raced')];
  const told = await Promise.all(children.map(async ({ stdout }) => String((await once(stdout!, 'data'))[0]).trim()));
  const here = (await database('raced')).reveal();
  for (const child of children) child.kill('SIGKILL');
  expect(new Set([...told, here]).size).toBe(1);
});
