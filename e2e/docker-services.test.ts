import { stopHome } from '@kova/control/stop';
import {
  nodeBase,
  openTestEngine,
  postgresImage,
  redisImage,
  type TestEngine,
} from '@kova/control/testing/docker-engine';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';
import { serviceApp } from './testing/service-app.ts';

let testing: TestEngine;
let kova: TestKova;
beforeAll(async () => {
  testing = await openTestEngine([nodeBase, postgresImage, redisImage]);
  const env = { DOCKER_HOST: testing.host, KOVA_DOCKER_IMAGE: nodeBase.name };
  kova = await TestKova.keeping(env);
}, 240_000);
afterAll(async () => {
  await kova?.close();
  await testing?.close();
});

const isGone = ({ statusCode }: { statusCode?: number }) => statusCode === 404;
const told = async () => {
  const { status, body } = await kova.get('/health');
  return status === 200 ? JSON.parse(body) : { status, body };
};

test('a release finds its database migrated and its Redis, and the next one all that was kept there', async () => {
  const ship = await kova.shipped(serviceApp('one'));
  expect(ship.error).toBeNull();
  expect(ship.deployments[0]).toMatchObject({ phase: 'live' });
  expect(await told()).toEqual({ text: 'one', orders: ['one'], first: 'one' });
  await kova.shipped(serviceApp('two'));
  expect(await told()).toEqual({ text: 'two', orders: ['one', 'two'], first: 'one' });
});

test('status tells the services, with their states and addresses', () => {
  const said = kova.command('status');
  expect(said).toMatch(/^production: postgres is (healthy|starting) at 10\.\d+\.\d+\.\d+:5432$/m);
  expect(said).toMatch(/^production: redis is (healthy|starting) at 10\.\d+\.\d+\.\d+:6379$/m);
});

test('the release before finds the same data after a rollback', async () => {
  expect((await kova.ended(await kova.act('rollback'))).phase).toBe('live');
  expect(await told()).toEqual({ text: 'one', orders: ['one', 'two'], first: 'one' });
});

test('after a restart of the engine users are served with the same data', async () => {
  await testing.daemon.stop();
  await testing.daemon.start();
  await kova.until(told, ({ text }) => text === 'one');
  expect(await told()).toEqual({ text: 'one', orders: ['one', 'two'], first: 'one' });
});

test('down stops the services and up starts them again, with their data', async () => {
  const stopped = await stopHome({ env: kova.env });
  const names = stopped.filter(({ kind }) => kind === 'service').map(({ name }) => name);
  expect(names.sort()).toEqual(['shop/production/postgres', 'shop/production/redis']);
  expect(await testing.engine.listContainers()).toEqual([]);
  await kova.up();
  await kova.until(told, ({ text }) => text === 'one');
  expect(await told()).toEqual({ text: 'one', orders: ['one', 'two'], first: 'one' });
});

// https://github.com/evoila/meho/issues/1607
test('a release that migrates and then fails its users is rolled back, and the one before keeps all data', async () => {
  const before = (await kova.get()).release;
  const load = new Load(kova.control.edge, 'production.shop.localhost');
  const environments = "{ production: { stability: '60s', instances: 1 } }";
  const { deployments } = await kova.shipped(serviceApp('bad', { failing: 1, environments }));
  await load.stop();
  expect(deployments[0]).toMatchObject({ phase: 'rolled-back', health: 'failed' });
  expect((await kova.get()).release).toBe(before);
  expect(await told()).toEqual({ text: 'one', orders: ['one', 'two', 'bad'], first: 'one' });
});

test('a release that runs as processes is refused, where it would find an empty database', async () => {
  const more = "database: { migrate: 'node task.mjs' },";
  const { deployments } = await kova.shipped(serviceApp('elsewhere', { more }));
  expect(deployments[0]).toMatchObject({
    ...{ phase: 'failed', code: 'CONFLICT' },
    reason: expect.stringMatching(/is in the volume kova-[0-9a-f]+-shop-production-postgres/),
  });
  expect(await told()).toMatchObject({ text: 'one' });
});

test('a database that does not come up is told with its last lines, and no traffic is moved', async () => {
  await kova.shipped(serviceApp('three'));
  const { Id } = (await testing.engine.listContainers()).find(({ Names }) => Names[0]?.endsWith('-postgres')) ?? {};
  const container = testing.engine.getContainer(Id ?? '');
  // An engine that is busy may find the files of what it has just killed in use still.
  await kova.until(
    () => container.remove({ force: true }).then(() => true, isGone),
    (gone) => gone,
  );
  const services = `{ postgres: { kind: 'postgres', image: 'kova-test/none:18' } }`;
  const { deployments } = await kova.shipped(serviceApp('four', { services }));
  expect(deployments[0]).toMatchObject({ phase: 'failed', code: 'IMAGE_UNUSABLE' });
  await kova.until(told, ({ text }) => text === 'three');
});
