import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildNpmBase } from '@kova/control/testing/command-line';
import {
  composeProgram,
  nodeBase,
  openTestEngine,
  postgresImage,
  type TestEngine,
} from '@kova/control/testing/docker-engine';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AppVersion, commitVersion } from './testing/app.ts';
import { runKova } from './testing/command.ts';
import { freePort } from './testing/free-port.ts';
import { kovaBuildArgs, kovaSystem } from './testing/kova-image.ts';
import { Load } from './testing/load.ts';

const run = promisify(execFile);
const deploy = join(import.meta.dirname, '../deploy');

const home = mkdtempSync(join(tmpdir(), 'kova-'));
const own = mkdtempSync(join(tmpdir(), 'kova-install-'));
const [api, edge, edgeTls, store] = [await freePort(), await freePort(), await freePort(), await freePort()];
const kovaEnv = { ...process.env, KOVA_HOME: home, KOVA_PORT: String(api) };
let testing: TestEngine;
let compose: (...args: string[]) => Promise<unknown>;

beforeAll(async () => {
  chmodSync(home, 0o711);
  testing = await openTestEngine([nodeBase, kovaSystem, postgresImage]);
  await buildNpmBase(testing.host);
  writeFileSync(join(own, 'password'), 'a password of the store', { mode: 0o644 });
  // The engine of tests has no bridge of its own to build on.
  const build = { network: 'host', args: kovaBuildArgs };
  const postgres = { user: 'postgres' };
  writeFileSync(join(own, 'own.yaml'), JSON.stringify({ services: { edge: { build }, control: { build }, postgres } }));
  const env = {
    ...kovaEnv,
    DOCKER_HOST: testing.host,
    KOVA_EDGE_LISTEN: `127.0.0.1:${edge}`,
    KOVA_EDGE_TLS_LISTEN: `127.0.0.1:${edgeTls}`,
    KOVA_STORE_PORT: String(store),
    KOVA_STORE_PASSWORD_FILE: join(own, 'password'),
    KOVA_DOCKER_SOCKET: testing.daemon.socketPath,
    KOVA_DOCKER_IMAGE: nodeBase.name,
    KOVA_POSTGRES_IMAGE: postgresImage.name,
  };
  const program = await composeProgram();
  const files = ['-f', join(deploy, 'compose.yaml'), '-f', join(own, 'own.yaml')];
  compose = (...args) => run(program, [...files, ...args], { env, maxBuffer: 1 << 26 });
  await compose('up', '--detach', '--build');
  await ready();
}, 600_000);
afterAll(async () => {
  await compose?.('down', '--volumes').catch(() => undefined);
  await testing?.close();
  for (const directory of [home, own]) rmSync(directory, { recursive: true, force: true });
});

async function ready(): Promise<void> {
  await vi.waitFor(async () => expect(await runKova(['status'], kovaEnv)).toMatchObject({ code: 0 }), {
    timeout: 120_000,
    interval: 500,
  });
}

async function ship(version: AppVersion): Promise<void> {
  commitVersion(join(home, 'app'), { more: `runtime: 'docker',`, ...version });
  const shipped = await runKova(['ship', '--dir', join(home, 'app')], kovaEnv);
  expect(shipped.code, shipped.err + shipped.out).toBe(0);
}

test('the compose file brings up a Kova that ships, and that is replaced without taking a request away', async () => {
  await ship({ text: 'one' });
  const load = new Load(`http://127.0.0.1:${edge}`, 'production.shop.localhost');
  await compose('up', '--detach', '--no-deps', '--force-recreate', 'control');
  await ready();
  await ship({ text: 'two' });
  const { dropped, releases } = await load.stop();
  expect(dropped).toEqual([]);
  expect(releases.size).toBe(2);
});

test('its image is small, and has what checks need all the same: a PostgreSQL, a Chromium, git, npm', async () => {
  const image = await testing.engine.getImage('kova').inspect();
  expect(image.Size / 1e6).toBeLessThan(500);
  const run = [
    'npm --version',
    'git --version',
    'kova-check security',
    'kova-check lighthouse --path /health --runs 1',
  ];
  const page = { run, services: ['postgres'], serve: true };
  const html = `response.setHeader('content-type', 'text/html'); return response.end('<!doctype html><h1>well');`;
  await ship({ text: 'three', onHealth: html, pipeline: JSON.stringify({ use: 'none', jobs: { page } }) });
});
