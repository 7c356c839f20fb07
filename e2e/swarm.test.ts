import { setTimeout as pause } from 'node:timers/promises';
import { testDatabase } from '@kova/control/testing/postgres';
import type { TestSwarm } from '@kova/control/testing/swarm';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { tellCarriedStories } from './testing/carried-stories.ts';
import { deploySeries } from './testing/deploy-series.ts';
import { openDoor } from './testing/door.ts';
import type { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';
import { databaseApp } from './testing/service-app.ts';
import { hostOf, openSwarmKova, type SwarmKova } from './testing/swarm-app.ts';

let opened: SwarmKova;
let swarm: TestSwarm;
let kova: TestKova;
beforeAll(async () => {
  opened = await openSwarmKova();
  ({ swarm, kova } = opened);
}, 240_000);
afterAll(() => opened?.close(), 120_000);

const users = () => new Load(kova.control.edge, 'production.shop.localhost');
/** Addresses of the machines that the instances of the live release are on, sorted. */
const machines = async (state = 'ready') => {
  const { live, instances } = await kova.environment();
  const own = instances.filter((each) => each.release === live?.release && each.state === state);
  return own.map(({ address }) => address.split(':')[0]).sort();
};
const everywhere = () => swarm.nodes.map(({ address }) => address);

test('a release that is in no image is refused on three machines, with what to do', async () => {
  const ship = await opened.shipped({ text: 'no image' }, `runtime: 'swarm',`);
  expect(ship.deployments.map(({ phase }) => phase)).toEqual(['failed']);
  expect(ship.deployments[0]?.reason).toContain('is in no image, and the swarm has 3 machines');
}, 60_000);

test('a commit is built into an image, pushed with a password, and pulled by its digest on each machine', async () => {
  const ship = await opened.shipped({ text: 'one' });
  expect(ship.error).toBeNull();
  expect(ship.deployments.map(({ phase, reason }) => [phase, reason])).toEqual([['live', expect.any(String)]]);
  expect(await machines()).toEqual(everywhere());
  expect(JSON.parse((await kova.get()).body)).toMatchObject({ text: 'one', release: ship.release });
  const digest = await swarm.registry.digestOf('shop', `sha-${ship.commit.slice(0, 12)}`);
  const image = `${swarm.registry.address}/shop@${digest}`;
  expect(kova.cli('release', 'show', ship.release ?? '')).toMatch(`image     ${image}`);
  for (const { engine } of swarm.nodes) {
    expect((await engine.listContainers()).map(({ Image }) => Image)).toEqual([image]);
  }
}, 240_000);

test('a deploy and a rollback under load drop nothing', async () => {
  const load = users();
  const second = await opened.shipped({ text: 'two' });
  expect(second.error).toBeNull();
  expect(JSON.parse((await kova.get()).body)).toMatchObject({ text: 'two' });
  const back = await kova.ended(await kova.act('rollback'));
  const seen = await load.stop();
  expect(back.phase).toBe('live');
  expect(seen.dropped).toEqual([]);
  expect(seen.errors).toBe(0);
  expect(JSON.parse((await kova.get()).body)).toMatchObject({ text: 'one' });
}, 120_000);

test('a kill -9 of the control plane drops nothing, and the tasks are adopted', async () => {
  const before = (await kova.environment()).instances.map(({ address }) => address).sort();
  const load = users();
  kova.killControl();
  await kova.up();
  expect((await kova.environment()).instances.map(({ address }) => address).sort()).toEqual(before);
  const third = await opened.shipped({ text: 'three' });
  const seen = await load.stop();
  expect(third.error).toBeNull();
  expect(seen.dropped).toEqual([]);
}, 120_000);

// https://github.com/coollabsio/coolify/issues/10593
test('while the registry is away a deployment fails and the live release is untouched', async () => {
  const environments = `{ production: { stability: '1s', instances: 3, deploy: 'manual' } }`;
  const { release } = await opened.shipped({ text: 'four', environments });
  await swarm.registry.stop();
  const load = users();
  const { phase, reason } = await kova.ended(await kova.act('deployments', { release }));
  const seen = await load.stop();
  await swarm.registry.start();
  expect(phase).toBe('failed');
  expect(reason).toContain('No such image');
  expect([seen.dropped, seen.releases.size]).toEqual([[], 1]);
  expect((await kova.ended(await kova.act('deployments', { release }))).phase).toBe('live');
}, 120_000);

// https://github.com/evoila/meho/issues/1607
test('a release that migrates a database elsewhere and then fails its users is rolled back, and the one before keeps all data', async () => {
  const database = await testDatabase();
  const door = await openDoor(database.url.reveal(), hostOf(swarm));
  onTestFinished(async () => {
    door.close();
    await database.drop();
  });
  const secret = { name: 'SHOP_DATABASE', value: door.through(database.url.reveal()).href, by: 'ada' };
  await kova.call('POST', '/v1/projects/shop/secrets', secret);
  const held = (stability: string) =>
    `{ production: { stability: '${stability}', instances: 3, secrets: { DATABASE_URL: 'SHOP_DATABASE' } } }`;
  const told = async () => JSON.parse((await kova.get('/health')).body);
  const good = await opened.shipped(databaseApp('good', { environments: held('1s') }));
  expect(good.error).toBeNull();
  expect(await told()).toEqual({ text: 'good', orders: ['good'] });
  const load = users();
  const bad = await opened.shipped(databaseApp('bad', { failing: 1, environments: held('60s') }));
  expect((await load.stop()).dropped).toEqual([]);
  expect(bad.deployments[0]).toMatchObject({ phase: 'rolled-back', health: 'failed' });
  expect((await kova.get()).release).toBe(good.release);
  expect(await told()).toEqual({ text: 'good', orders: ['good', 'bad'] });
  // What comes next needs no database any more.
  await opened.shipped({ text: 'after' });
}, 240_000);

tellCarriedStories(() => opened);

test('deploys while the leader is cut off, and while a machine is lost, are done once each and cost what was in flight', async () => {
  const [first, second, third] = swarm.nodes;
  const cut = async () => {
    await first.plug(false);
    await pause(8000);
    await first.plug(true);
  };
  const [other, now] = [
    (await opened.shipped({ text: 'other' })).release ?? '',
    (await opened.shipped({ text: 'now' })).release ?? '',
  ];
  const load = users();
  const order = [other, now, other, now];
  const faults = new Map([
    [0, cut],
    [2, async () => second?.kill()],
  ]);
  const { done, lost, doubled, saw } = await deploySeries(kova, order, (number) => faults.get(number)?.());
  expect([lost, doubled, done]).toEqual([[], [], 4]);
  expect(saw).toEqual([now, ...order]);
  const remaining = [first.address, third?.address];
  await kova.until(machines, (found) => found.length === 3 && found.every((address) => remaining.includes(address)));
  const seen = await load.stop();
  expect(seen.dropped.length).toBeLessThanOrEqual(4);
  expect(seen.errors).toBe(0);
  // Nothing of what was replaced is left, but for the standby.
  const running = async () => {
    const found = await Promise.all([first, third!].map(({ engine }) => engine.listContainers()));
    return found.flat().length;
  };
  await kova.until(running, (count) => count === 6);
}, 240_000);
