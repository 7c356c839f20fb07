import { access } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pusher } from '../images/testing/registry.ts';
import { openTestSwarm, type TestSwarm } from './swarm.ts';
import { until } from './until.ts';

let swarm: TestSwarm;
beforeAll(async () => {
  swarm = await openTestSwarm();
}, 240_000);
afterAll(() => swarm?.close());

const server = 'require("http").createServer((q, r) => r.end(require("os").hostname())).listen(3000)';
const textOf = (url: string) =>
  fetch(url).then(
    (answer) => answer.text(),
    () => false as const,
  );

test('three replicas of a service run on three machines, and each is reached from this one', async () => {
  const [{ engine }] = swarm.nodes;
  await engine.createService(pusher, {
    Name: 'three',
    TaskTemplate: {
      ContainerSpec: {
        Image: swarm.images[0],
        Command: ['/usr/local/bin/node', '-e', server],
        Hostname: '{{.Node.Hostname}}',
      },
    },
    Mode: { Replicated: { Replicas: 3 } },
    EndpointSpec: { Mode: 'dnsrr', Ports: [{ TargetPort: 3000, PublishMode: 'host' }] },
  });
  const tasks = await until(async () => {
    const found = await engine.listTasks({ filters: { service: ['three'] } });
    return found.every(({ Status }) => Status.State === 'running') && found.length === 3 && found;
  });
  expect(new Set(tasks.map(({ NodeID }) => NodeID)).size).toBe(3);
  const port = tasks[0]?.Status.PortStatus?.Ports?.[0]?.PublishedPort;
  const asked = swarm.nodes.map(async ({ address }) => {
    return until(() => textOf(`http://${address}:${port}/`));
  });
  expect(await Promise.all(asked)).toEqual(['node-1', 'node-2', 'node-3']);
}, 60_000);

test('a killed node leaves nothing running, and the others take its tasks', async () => {
  const [{ engine }, second] = swarm.nodes;
  const node = await engine.getNode('node-2').inspect();
  await second?.kill();
  const states = await until(async () => {
    const tasks = await engine.listTasks({ filters: { service: ['three'], 'desired-state': ['running'] } });
    const running = tasks.filter(({ NodeID, Status }) => NodeID !== node.ID && Status.State === 'running');
    return running.length === 3 && running;
  });
  expect(states).toHaveLength(3);
  expect(await textOf(`http://${second?.address}:32768/`)).toBe(false);
}, 60_000);

test('nothing is left of it when it is closed', async () => {
  const directories = swarm.nodes.map(({ daemon }) => daemon.directory);
  await swarm.close();
  for (const directory of directories) await expect(access(directory)).rejects.toMatchObject({ code: 'ENOENT' });
});
