import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stopHome } from '@kova/control/stop';
import { nodeBase, openTestEngine, type TestEngine } from '@kova/control/testing/docker-engine';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AppVersion } from './testing/app.ts';
import { inStore } from './testing/books.ts';
import { tellCarriedStories } from './testing/carried-stories.ts';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';

const inContainers = `runtime: 'docker',`;

let testing: TestEngine;
let kova: TestKova;
beforeAll(async () => {
  testing = await openTestEngine();
  const env = { DOCKER_HOST: testing.host, KOVA_DOCKER_IMAGE: nodeBase.name, KOVA_BUILD_NETWORK: 'host' };
  kova = await TestKova.keeping(env);
}, 240_000);
afterAll(async () => {
  await kova?.close();
  await testing?.close();
});

const users = () => new Load(kova.control.edge, 'production.shop.localhost');
const running = async () => (await testing.engine.listContainers()).map(({ Id }) => Id).sort();

test('a commit becomes live in containers, and the edge answers with that release', async () => {
  const ship = await kova.shipped({ text: 'one', more: inContainers });
  expect(ship.error).toBeNull();
  expect(ship.deployments.map(({ phase, reason }) => [phase, reason])).toEqual([['live', expect.any(String)]]);
  const answer = await kova.get();
  expect(JSON.parse(answer.body)).toMatchObject({ text: 'one', release: ship.release });
  expect(await running()).toHaveLength(2);
});

test('deploys and a rollback under load drop nothing', async () => {
  const load = users();
  for (const text of ['two', 'three']) await kova.shipped({ text, more: inContainers });
  const ended = await kova.ended(await kova.act('rollback'));
  const seen = await load.stop();
  expect(ended.phase).toBe('live');
  expect(seen.dropped).toEqual([]);
  expect(seen.errors).toBe(0);
  expect(JSON.parse((await kova.get()).body)).toMatchObject({ text: 'two' });
});

test('a kill -9 of the control plane drops nothing, and the containers are adopted', async () => {
  const before = await running();
  const load = users();
  kova.killControl();
  await kova.up();
  await kova.shipped({ text: 'after the crash', more: inContainers });
  const seen = await load.stop();
  expect(seen.dropped).toEqual([]);
  expect((await running()).filter((id) => before.includes(id))).toHaveLength(2);
});

test('from containers to processes and back, by plain deployments under load', async () => {
  const load = users();
  await kova.shipped({ text: 'as processes' });
  const { live, instances } = await kova.environment();
  const own = instances.filter(({ release }) => release === live?.release);
  expect(own.map(({ address }) => address.split(':')[0])).toEqual(['127.0.0.1', '127.0.0.1']);
  await kova.shipped({ text: 'in containers again', more: inContainers });
  const ended = await kova.ended(await kova.act('rollback'));
  const seen = await load.stop();
  expect(ended.phase).toBe('live');
  expect(seen.dropped).toEqual([]);
  expect(JSON.parse((await kova.get()).body)).toMatchObject({ text: 'as processes' });
});

/** In an image of its own, which runs `task` as its migration. */
const inItsImage = (text: string, task: string): AppVersion => ({
  ...{ text, task, app: `assets: { prefix: '/static/', dir: 'assets' }`, files: { 'assets/said.txt': text } },
  more: `${inContainers} image: { base: '${nodeBase.name}' }, database: { migrate: 'node task.mjs' },`,
  environments:
    "{ production: { stability: '1s', instances: 2, env: { DATABASE_URL: 'postgresql://elsewhere/app' } } }",
});
const migrations = async () => {
  const filters = { label: ['dev.kova.migration'] };
  return (await testing.engine.listContainers({ all: true, filters })).map(({ Id }) => Id);
};

test('a release that is in an image of its own migrates and runs in that image; nothing of it is unpacked', async () => {
  const task = `import { readFileSync } from 'node:fs'; readFileSync('/.dockerenv'); readFileSync('/app/server.mjs');`;
  const ship = await kova.shipped(inItsImage('in its image', task));
  expect(ship.error).toBeNull();
  expect(JSON.parse((await kova.get()).body)).toMatchObject({ text: 'in its image', release: ship.release });
  const { live, instances } = await kova.environment();
  const hosts = instances
    .filter(({ release }) => release === live?.release)
    .map(({ address }) => address.split(':')[0]);
  const found = await testing.engine.listContainers();
  const own = found.filter(({ NetworkSettings }) =>
    Object.values(NetworkSettings.Networks).some(({ IPAddress }) => hosts.includes(IPAddress)),
  );
  expect(own).toHaveLength(2);
  for (const { Mounts, Image } of own) {
    expect(Mounts).toEqual([]);
    expect(Image).not.toBe(nodeBase.name);
  }
  expect(await migrations()).toEqual([]);
  expect(existsSync(join(kova.home, 'slots/shop/production', live!.colour!))).toBe(false);
  expect((await kova.get('/static/said.txt')).body).toBe('in its image');
}, 120_000);

test('kill -9 in the middle of a migration: its container is ended, and it is run again', async () => {
  const { live } = await kova.environment();
  await kova.ship(inItsImage('migrates for long', 'setInterval(() => {}, 1000);'));
  const [first = ''] = await kova.until(migrations, ({ length }) => length === 1);
  kova.killControl();
  expect(await migrations()).toEqual([first]);
  await kova.up();
  await kova.until(migrations, ([running]) => running !== undefined && running !== first);
  expect(await migrations()).not.toContain(first);
  await kova.act('abort', { by: 'ada' });
  await kova.until(migrations, ({ length }) => length === 0);
  expect((await kova.environment()).live?.release).toBe(live?.release);
}, 120_000);

test('a migration that fails is told with its last lines, and no traffic is moved', async () => {
  const { live } = await kova.environment();
  const task = `console.error('column "price" exists'); process.exit(7);`;
  const { deployments } = await kova.shipped(inItsImage('fails to migrate', task));
  expect(deployments[0]).toMatchObject({
    ...{ phase: 'failed', code: 'MIGRATION_FAILED' },
    reason: '`node task.mjs` exited with 7:\ncolumn "price" exists',
  });
  expect((await kova.environment()).live?.release).toBe(live?.release);
}, 120_000);

// https://github.com/coollabsio/coolify/issues/10593
test('a release whose image is gone fails, and the live one is untouched', async () => {
  const environments = `{ production: { stability: '1s', instances: 2, deploy: 'manual' } }`;
  const { release } = await shippedInImage({ text: 'without its image', environments });
  const [made] = await inStore(kova.home, `select image from releases where id = '${release}'`);
  await testing.engine.getImage(String(made?.image)).remove({ force: true });
  const load = users();
  const { phase, reason } = await kova.ended(await kova.act('deployments', { release }));
  const seen = await load.stop();
  expect(phase).toBe('failed');
  expect(reason).toContain(String(made?.image));
  expect([seen.dropped, seen.releases.size]).toEqual([[], 1]);
});

const shippedInImage = (version: AppVersion) =>
  kova.shipped({ ...version, more: `${inContainers} image: { base: '${nodeBase.name}' }, ${version.more ?? ''}` });
tellCarriedStories(() => ({ kova, shipped: shippedInImage }));

test('kova down stops the containers, and kova up has them back', async () => {
  const before = (await kova.get()).release;
  await stopHome({ env: kova.env });
  expect(await testing.engine.listContainers({ all: true })).toEqual([]);
  await kova.up();
  await kova.until(
    () => kova.get(),
    ({ status, release }) => status === 200 && release === before,
  );
}, 120_000);
