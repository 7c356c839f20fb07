import { text } from 'node:stream/consumers';
import type { SlotId } from '@kova/core/environment/slot';
import { Secret } from '@kova/core/secret';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { networkName } from '../../engine/network.ts';
import { ContainerIdentity } from '../docker/identity.ts';
import { ContainerMigrator } from '../migrator/container-migrator.ts';
import { openPier, type Pier } from './testing/pier.ts';

const slot: SlotId = 'shop/production/blue';
const server = `require('http').createServer((q, r) => r.end()).listen(process.env.PORT, process.env.HOST)`;

let pier: Pier;
beforeAll(async () => {
  pier = await openPier(2);
}, 240_000);
afterAll(() => pier?.close());

test('a command runs beside a task on this machine; of another one it is told which machine, and what to run there', async () => {
  const runtime = await pier.open();
  onTestFinished(() => runtime.stop(slot));
  const env = { KEY: new Secret("it's {{secret}}") };
  await runtime.start(pier.spec('', { image: pier.swarm.images[0], start: ['node', '-e', server], instances: 2, env }));
  expect(await runtime.awaitReady(slot, 60_000)).toMatchObject({ outcome: 'pass' });
  const request = {
    argv: ['node', '-e', 'console.log(process.env.KEY)'],
    terminal: null,
    signal: new AbortController().signal,
  };
  const came = await Promise.all(
    (await runtime.instances(slot)).map(({ id }) =>
      runtime.exec(id, request).then(
        async ({ stdout }) => text(stdout),
        (error: unknown) => error,
      ),
    ),
  );
  const [other] = await pier.swarm.nodes[1]!.engine.listContainers();
  expect(came).toContain("it's {{secret}}\n");
  expect(came).toContainEqual(
    expect.objectContaining({
      code: 'EXEC_IMPOSSIBLE',
      message: expect.stringMatching(/^shop\/production\/blue\/[01] runs on \S+, and Kova/),
      next: expect.stringContaining(`docker exec -it ${other!.Id.slice(0, 12)} `),
    }),
  );
});

test("the network that migrations ran on goes with the environment's last slot", async () => {
  const { engine, homeId, baseImage } = pier.options;
  const identity = new ContainerIdentity(homeId);
  const migrator = new ContainerMigrator({ engine, identity, baseImage, asOf: () => ({ uid: 70_123, gid: 70_123 }) });
  const migration = {
    ...{ id: 'd-1', slot, directory: pier.directory, runtime: 'swarm' as const, env: {}, timeoutMs: 60_000 },
    argv: ['node', '-e', ''],
  };
  const names = async () => (await engine.listNetworks()).map(({ Name }) => Name);
  const network = networkName(identity.placeOf(slot));
  expect(await migrator.run(migration, new AbortController().signal)).toEqual({ failure: null, tail: [] });
  expect(await names()).toContain(network);

  const green: SlotId = 'shop/production/green';
  const runtime = await pier.open();
  const [image] = pier.swarm.images;
  for (const each of [slot, green])
    await runtime.start(pier.spec('', { slot: each, image, start: ['node', '-e', server] }));
  await runtime.stop(slot);
  expect(await names()).toContain(network);
  await runtime.stop(green);
  expect(await names()).not.toContain(network);
});
