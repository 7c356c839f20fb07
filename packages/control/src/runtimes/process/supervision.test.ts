import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../testing/until.ts';
import type { InstanceEvent } from './process-runtime.ts';
import { openWorkshop, type Workshop } from './testing/workshop.ts';

let workshop: Workshop;
const slot = 'shop/production/blue';

beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop.close());

async function openRecorded(restarts = {}) {
  const events: (InstanceEvent & { at: number })[] = [];
  const onEvent = (event: InstanceEvent) => events.push({ ...event, at: performance.now() });
  return { events, runtime: await workshop.open({ onEvent, restarts }) };
}

/** A server that is none of Kova's, on the port. */
async function occupy(port: number) {
  const server = createServer((_, response) => response.end('I am somebody else'));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

describe('restarts', () => {
  test('wait twice as long after each end', async () => {
    const { events, runtime } = await openRecorded({ firstDelayMs: 100, loopEndsBeforeReady: 5 });
    await runtime.start(workshop.spec('exits-at-once'));
    await until(() => events.filter(({ instance }) => instance.state === 'backing-off').length === 4);
    const announced = events
      .filter(({ instance }) => instance.state === 'backing-off')
      .map(({ instance }) => /next start in (\S+ \S+);/.exec(instance.reason)?.[1]);
    expect(announced).toEqual(['100 ms', '200 ms', '400 ms', '800 ms']);
    const launchedAfter = events.flatMap(({ instance, at }, index) =>
      instance.state === 'starting' && index > 1 ? [at - (events[index - 1]?.at ?? 0)] : [],
    );
    for (const [index, waited] of launchedAfter.entries()) expect(waited).toBeGreaterThanOrEqual(100 * 2 ** index - 5);
  });

  // Crash loop after success, no alert: https://github.com/Dokploy/dokploy/pull/4357
  test('of an app that was ready and ends again and again are a crash loop, which is still tried', async () => {
    const { events, runtime } = await openRecorded({ firstDelayMs: 20, maxDelayMs: 300, loopEnds: 3 });
    await runtime.start(workshop.spec('exits-later', { env: { AFTER_MS: '800' } }));
    const looped = await until(() => events.find(({ instance }) => instance.state === 'crash-looped'));
    expect(looped.instance.restarts).toBe(3);
    expect(looped.instance.reason).toMatch(/^it ended 3 times within .*; it exited with 4 after .*out of luck$/s);
    await until(() => events.findLast(({ instance }) => instance.state === 'ready' && instance.restarts >= 3));
  });

  test('keep the port, and all is told by events', async () => {
    const { events, runtime } = await openRecorded({ firstDelayMs: 20 });
    await runtime.start(workshop.spec('exits-later', { env: { AFTER_MS: '1500' } }));
    await until(() => events.some(({ instance }) => instance.state === 'ready' && instance.restarts === 1));
    expect(events.map(({ kind, instance }) => (kind === 'address' ? kind : instance.state))).toEqual([
      'address',
      'starting',
      'ready',
      'backing-off',
      'starting',
      'ready',
    ]);
    expect(new Set(events.map(({ instance }) => instance.address.port)).size).toBe(1);
  });
});

describe('ports', () => {
  test('an instance whose port was taken while it was away gets another, and says so', async () => {
    const { events, runtime } = await openRecorded({ firstDelayMs: 500 });
    await runtime.start(workshop.spec('good'));
    await runtime.awaitReady(slot, 10_000);
    const [before] = await runtime.instances(slot);
    process.kill(before!.pid!, 'SIGKILL');
    await until(() => events.some(({ instance }) => instance.state === 'backing-off'));
    const thief = await occupy(before!.address.port);
    const after = await until(() =>
      events.find(({ instance }) => instance.state === 'ready' && instance.restarts === 1),
    );
    expect(after.instance.address.port).not.toBe(thief.port);
    expect(events.filter(({ kind }) => kind === 'address')).toHaveLength(2);
    thief.close();
  });

  test('an answer from another program on the port makes nothing ready', async () => {
    const { events, runtime } = await openRecorded();
    await runtime.start(workshop.spec('never-listens'));
    const [early] = await runtime.instances(slot);
    const thief = await occupy(early?.address.port ?? 0);
    const moved = await until(() => events.filter(({ kind }) => kind === 'address')[1]);
    expect(moved.instance).toMatchObject({ state: 'backing-off', restarts: 0 });
    expect(moved.instance.address.port).not.toBe(thief.port);
    expect(events.some(({ instance }) => instance.state === 'ready')).toBe(false);
    thief.close();
  });

  test('an app on the wrong port is told which one it is on', async () => {
    const { runtime } = await openRecorded();
    await runtime.start(workshop.spec('wrong-port'));
    const expected = /listens on 127\.0\.0\.1:\d+ instead of 127\.0\.0\.1:\d+ \(HOST and PORT\)/;
    const verdict = await until(async () => {
      const found = await runtime.awaitReady(slot, 300);
      return expected.test(found.reason) ? found : null;
    });
    expect(verdict.outcome).toBe('fail');
  });

  test('no two instances get the same one', async () => {
    const { runtime } = await openRecorded();
    const slots = ['a/production/blue', 'a/production/green', 'b/production/blue'] as const;
    await Promise.all(slots.map((id) => runtime.start(workshop.spec('never-listens', { slot: id, instances: 3 }))));
    const instances = (await Promise.all(slots.map((id) => runtime.instances(id)))).flat();
    expect(new Set(instances.map(({ address }) => address.port)).size).toBe(9);
  });
});

test('logs are followed across rotations without a gap', async () => {
  const { runtime } = await openRecorded();
  await runtime.start(workshop.spec('chatty', { maxLogBytes: 20_000, env: { LINES: '500' } }));
  await runtime.awaitReady(slot, 10_000);
  const [instance] = await runtime.instances(slot);
  const abort = new AbortController();
  const followed: string[] = [];
  const following = (async () => {
    const options = { tail: 0, follow: true, signal: abort.signal };
    for await (const { text } of runtime.logs(slot, options)) followed.push(text);
  })();
  for (let round = 1; round <= 12; round += 1) {
    await fetch(`http://127.0.0.1:${instance?.address.port}/log`);
    await until(() => followed.length >= round * 500);
  }
  abort.abort();
  await following;
  expect(followed).toEqual(Array.from({ length: 6000 }, (_, number) => `line ${number}`));
  const files = await readdir(join(workshop.options.logs, slot, 'r-1'));
  expect(files).toContain('0.stdout.log.2');
});
