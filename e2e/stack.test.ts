import { openTestSwarm, type TestSwarm } from '@kova/control/testing/swarm';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type BuiltKova, buildKova } from './testing/kova-image.ts';
import { Load } from './testing/load.ts';
import { TestStack } from './testing/stack.ts';

const host = 'production.shop.localhost';

let building: Promise<BuiltKova>;
let swarm: TestSwarm;
let stack: TestStack;
beforeAll(async () => {
  building = buildKova();
  building.catch(() => undefined);
  swarm = await openTestSwarm(3);
  stack = new TestStack(swarm);
  const kova = await building;
  await stack.start(kova);
  await kova.close();
  await inLine(2);
}, 600_000);
afterAll(async () => {
  await building.then(({ close }) => close()).catch(() => undefined);
  await swarm?.close();
  await stack?.close();
}, 120_000);

async function inLine(count: number): Promise<void> {
  const look = async () => {
    const { edges } = await stack.status();
    expect(edges.filter(({ state }) => state === 'in-line')).toHaveLength(count);
  };
  await vi.waitFor(look, { timeout: 240_000, interval: 500 });
}

async function served(): Promise<unknown[]> {
  return Promise.all(
    swarm.nodes.map(async (node) => {
      const answer = await request(stack.origin(node), { headers: { host } });
      await answer.body.dump();
      return answer.headers['x-kova-release'];
    }),
  );
}

const users = () => swarm.nodes.map((node) => new Load(stack.origin(node), host));

test('a release is live on the edges of all three machines', async () => {
  const { phase, release } = await stack.deployed({ text: 'one' });
  expect(phase).toBe('live');
  expect(await served()).toEqual([release, release, release]);
}, 240_000);

test('a deployment, and a control plane and followers that are replaced meanwhile, drop nothing anywhere', async () => {
  const loads = users();
  await stack.replace('control');
  await stack.replace('follower');
  await inLine(2);
  // Whose answers take a while: some are always under way.
  const { phase, release } = await stack.deployed({ text: 'two', delayMs: 150 });
  expect(phase).toBe('live');
  expect(await served()).toEqual([release, release, release]);
  for (const load of loads) expect(await load.stop()).toMatchObject({ dropped: [], errors: 0 });
}, 300_000);

test('a newer version of the edge on each machine, brought under load, breaks off no request', async () => {
  const origins = swarm.nodes.map(stack.origin);
  const loads = origins.map((_, index) => new Load([...origins.slice(index), ...origins.slice(0, index)], host));
  await stack.upgradeEdges('two');
  const seen = await Promise.all(loads.map((load) => load.stop()));
  expect(seen.map(({ errors, moved }) => errors === 0 && moved > 0)).toEqual([true, true, true]);
  // Of each edge at most what reached the kernel in the very moment in which it stopped listening.
  expect(seen.flatMap(({ dropped }) => dropped).length).toBeLessThanOrEqual(swarm.nodes.length);
  await inLine(2);
  const { phase, release } = await stack.deployed({ text: 'three' });
  expect(phase).toBe('live');
  expect(await served()).toEqual([release, release, release]);
}, 300_000);

test('a machine that is lost costs its open connections, and the next deployment goes on without it', async () => {
  const [first, second, third] = swarm.nodes as [
    (typeof swarm.nodes)[0],
    (typeof swarm.nodes)[0],
    (typeof swarm.nodes)[0],
  ];
  const clients = 4;
  const behindBalancer = new Load([third, first].map(stack.origin), host, clients);
  await vi.waitUntil(() => behindBalancer.seen.requests > 100, { timeout: 30_000 });
  await third.kill();
  await vi.waitFor(async () => expect((await stack.status()).edges.map(({ state }) => state)).toContain('lost'), {
    timeout: 30_000,
  });
  const { phase, release } = await stack.deployed({ text: 'four' });
  expect(phase).toBe('live');
  const { dropped } = await behindBalancer.stop();
  // On each of its connections one request, and one on each that it had to an instance there.
  expect(dropped.length).toBeLessThanOrEqual(2 * clients);
  const answers = await Promise.all([first, second].map((node) => request(stack.origin(node), { headers: { host } })));
  expect(answers.map(({ headers }) => headers['x-kova-release'])).toEqual([release, release]);
  await Promise.all(answers.map(({ body }) => body.dump()));
}, 300_000);
