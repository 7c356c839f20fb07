import { openTestSwarm, type TestSwarm } from '@kova/control/testing/swarm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';
import { releaseWithImage, releaseWithout } from './testing/swarm-release.ts';

let swarm: TestSwarm;
let kova: TestKova;
beforeAll(async () => {
  swarm = await openTestSwarm(3);
  const env = { DOCKER_HOST: swarm.nodes[0].host, KOVA_DOCKER_IMAGE: swarm.images[0] };
  kova = await TestKova.keeping(env);
}, 240_000);
afterAll(async () => {
  await kova?.close();
  await swarm?.close();
}, 120_000);

const users = () => new Load(kova.control.edge, 'production.shop.localhost');
const deploy = async (release: string) => kova.ended(await kova.act('deployments', { release }));
/** Addresses of the machines that the instances of the live release are on, sorted. */
const machines = async (state = 'ready') => {
  const { live, instances } = await kova.environment();
  const own = instances.filter((each) => each.release === live?.release && each.state === state);
  return own.map(({ address }) => address.split(':')[0]).sort();
};

test('a release that is in no image is refused on three machines, with what to do', async () => {
  const { phase, reason } = await deploy(await releaseWithout(kova, { text: 'no image' }));
  expect(phase).toBe('failed');
  expect(reason).toContain('is in no image, and the swarm has 3 machines');
}, 60_000);

test('a release in an image becomes live with an instance on each machine', async () => {
  const release = await releaseWithImage(kova, swarm, { text: 'one' });
  const { phase, reason } = await deploy(release);
  expect([phase, reason]).toEqual(['live', expect.any(String)]);
  expect(await machines()).toEqual(swarm.nodes.map(({ address }) => address));
  expect(JSON.parse((await kova.get()).body)).toMatchObject({ text: 'one', release });
}, 120_000);

test('a deploy and a rollback under load drop nothing', async () => {
  const load = users();
  const second = await deploy(await releaseWithImage(kova, swarm, { text: 'two' }));
  expect(second.phase).toBe('live');
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
  const seen = await load.stop();
  expect(seen.dropped).toEqual([]);
  expect((await kova.environment()).instances.map(({ address }) => address).sort()).toEqual(before);
}, 60_000);

test('a machine that is lost under load costs no more than what was in flight on it', async () => {
  const load = users();
  const [first, second, third] = swarm.nodes;
  await second?.kill();
  const remaining = [first.address, third?.address];
  await kova.until(machines, (found) => found.length === 3 && found.every((address) => remaining.includes(address)));
  const seen = await load.stop();
  expect(seen.dropped.length).toBeLessThanOrEqual(4);
  expect(seen.errors).toBe(0);
  expect(seen.requests).toBeGreaterThan(100);
}, 120_000);
