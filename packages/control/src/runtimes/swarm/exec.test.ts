import { text } from 'node:stream/consumers';
import type { SlotId } from '@kova/core/environment/slot';
import { Secret } from '@kova/core/secret';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
