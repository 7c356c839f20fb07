import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { composeProgram, nodeBase, openTestEngine, type TestEngine } from '@kova/control/testing/docker-engine';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appDirectory, startDevelopment } from '../testing/development.ts';
import { kova } from '../testing/kova.ts';
import { gitIn } from '../testing/repository.ts';

const services = { name: 'kova-test/services:1', packages: ['redis-server', 'nginx-light', 'openssl'] };

let testing: TestEngine;

beforeAll(async () => {
  testing = await openTestEngine([nodeBase, { ...services, changes: nodeBase.changes ?? [] }]);
}, 400_000);

afterAll(() => testing?.close());

const config = `{
  name: 'shop',
  app: node({ install: null, start: ['node', 'server.mjs'] }),
  services: { redis: redis() },
  image: { base: '${nodeBase.name}' },
}`;

test('kova dev --docker: rendered, started by Compose, changed files taken up, ended with Ctrl-C', {
  timeout: 300_000,
}, async () => {
  const directory = appDirectory(config, { '.env.example': 'GREETING=hello\n', '.gitignore': '.kova\n' });
  gitIn(directory, 'init', '--quiet');
  for (const suite of ['docker', 'compose']) expect((await kova(['render', suite], { cwd: directory })).err).toBe('');
  // The engine of the tests has no bridge that builds could use.
  writeFileSync(join(directory, 'host.yaml'), 'services: { app: { build: { network: host } } }\n');
  const env = {
    COMPOSE_FILE: 'compose.yaml:host.yaml',
    ...{ DOCKER_HOST: testing.host, PATH: `${await plugin(directory)}:${process.env.PATH}` },
    ...{ KOVA_REDIS_IMAGE: services.name, KOVA_NGINX_IMAGE: services.name },
  };
  const development = startDevelopment(directory, { args: ['--docker'], env });
  const { addresses } = await development.event('ready');
  const ask = async () => (await (await fetch(addresses.app)).json()) as Record<string, string>;
  expect(await ask()).toMatchObject({ GREETING: 'hello', REDIS_URL: 'redis://redis:6379' });
  expect(JSON.parse(await throughProxy(addresses.https))).toMatchObject({ GREETING: 'hello', forwarded: 'https' });
  const server = join(directory, 'server.mjs');
  writeFileSync(server, readFileSync(server, 'utf8').replace('pid: process.pid', 'pid: "changed"'));
  while ((await ask().catch(() => null))?.pid !== 'changed') await sleep(100);
  development.child.kill('SIGINT');
  expect((await development.ended).code).toBe(0);
  expect(await testing.engine.listContainers()).toEqual([]);
});

/** A directory for the PATH that holds Compose. */
async function plugin(directory: string): Promise<string> {
  const program = join(directory, '.kova', 'bin', 'docker-compose');
  mkdirSync(dirname(program), { recursive: true });
  symlinkSync(await composeProgram(), program);
  return dirname(program);
}

/** What nginx answers once it has made its certificate, which nobody here knows. */
async function throughProxy(address: string): Promise<string> {
  for (;;) {
    const asking = request(address, { rejectUnauthorized: false, agent: false }).end();
    const answer = await once(asking, 'response').catch(() => null);
    if (answer?.[0].statusCode === 200) return Buffer.concat(await answer[0].toArray()).toString();
    await sleep(100);
  }
}
