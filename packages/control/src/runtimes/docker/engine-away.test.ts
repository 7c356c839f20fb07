import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Instance } from '../../ports/runtime.ts';
import { until } from '../../testing/until.ts';
import type { DockerRuntime } from './docker-runtime.ts';
import { openYard, type Yard } from './testing/yard.ts';

const slot = 'shop/production/blue';
let yard: Yard;
let runtime: DockerRuntime;

beforeAll(async () => {
  yard = await openYard();
  runtime = await yard.open({ restarts: { firstDelayMs: 20 } });
}, 240_000);
afterEach(async () => {
  for (const { slot: id } of await runtime.slots()) await runtime.stop(id);
});
afterAll(() => yard?.close());

async function startReady(overrides: Parameters<Yard['spec']>[1] = {}) {
  await runtime.start(yard.spec('good', overrides));
  expect(await runtime.awaitReady(slot, 20_000)).toMatchObject({ outcome: 'pass' });
  return runtime.instances(slot);
}

async function restartEngine(signal: NodeJS.Signals) {
  await yard.testing.daemon.stop(signal);
  await yard.testing.daemon.start();
}

/** All are ready again, each with another process than before. */
const allBack = (before: readonly Instance[]) =>
  until(async () => {
    const now = await runtime.instances(slot);
    const back = now.filter(({ state, pid }, index) => state === 'ready' && pid !== before[index]?.pid);
    return back.length === before.length ? now : null;
  });

describe.each(['SIGTERM', 'SIGKILL'] as const)('an engine that is restarted by %s', (signal) => {
  test('has the instances back at their addresses, and they are supervised on', async () => {
    const before = await startReady({ instances: 2 });
    await restartEngine(signal);
    const after = await allBack(before);
    expect(after.map(({ address }) => address)).toEqual(before.map(({ address }) => address));
    expect(await yard.containers()).toHaveLength(2);
    process.kill(after[0]!.pid!, 'SIGKILL');
    await until(async () => {
      const [first] = await runtime.instances(slot);
      return first?.state === 'ready' && first.restarts > after[0]!.restarts;
    });
  }, 60_000);

  test('while Kova is away has the instances back at their addresses', async () => {
    const before = await startReady({ instances: 2 });
    runtime.close();
    await restartEngine(signal);
    // One that was killed leaves containers behind that it then ends, and does not start again: Kova does.
    if (signal === 'SIGTERM') for (const { address } of before) await until(() => answers(address));
    runtime = await yard.open();
    const after = await allBack(before);
    expect(after.map(({ address }) => address)).toEqual(before.map(({ address }) => address));
    expect((await yard.containers()).map(({ state }) => state)).toEqual(['running', 'running']);
  }, 60_000);
});

describe('while the engine is away', () => {
  test('a start is refused by name, and works when it is back', async () => {
    await yard.testing.daemon.stop();
    await expect(runtime.start(yard.spec('good'))).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    expect(await runtime.slots()).toEqual([]);
    await yard.testing.daemon.start();
    await startReady();
  }, 60_000);

  test('one that hangs is as one that is away', async () => {
    await startReady();
    const pid = Number(await readFile(`${yard.testing.daemon.directory}/pid`, 'utf8'));
    process.kill(pid, 'SIGSTOP');
    try {
      const refused = [runtime.start(yard.spec('good', { slot: 'shop/production/green' })), runtime.stop(slot)];
      for (const call of refused) await expect(call).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await runtime.stop(slot);
    expect(await yard.containers()).toEqual([]);
  }, 60_000);

  test('Kova starts, knows what ran and where, and finds it again', async () => {
    const before = await startReady({ instances: 2 });
    runtime.close();
    await yard.testing.daemon.stop();
    runtime = await yard.open();
    const known = await runtime.instances(slot);
    expect(known.map(({ state, address }) => ({ state, address }))).toEqual(
      before.map(({ address }) => ({ state: 'ready', address })),
    );
    await yard.testing.daemon.start();
    await allBack(before);
    expect(await yard.containers()).toHaveLength(2);
  }, 60_000);

  test('a stop is refused by name, and is done when it is asked for again', async () => {
    await startReady();
    await yard.testing.daemon.stop();
    await expect(runtime.stop(slot)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    await yard.testing.daemon.start();
    await runtime.stop(slot);
    expect(await yard.containers()).toEqual([]);
  }, 60_000);

  test('an instance that was never ready is not in a crash loop for it', async () => {
    await runtime.start(yard.spec('never-listens'));
    await yard.testing.daemon.stop();
    expect((await runtime.awaitReady(slot, 3000)).reason).toContain('is not ready after 3 s');
    await yard.testing.daemon.start();
    await until(async () => (await yard.containers()).some(({ state }) => state === 'running'));
    expect((await runtime.instances(slot))[0]?.state).not.toBe('crash-looped');
  }, 60_000);

  test('what a crash left unknown is removed when it is back', async () => {
    await startReady();
    const [{ id } = { id: '' }] = await yard.containers();
    runtime.close();
    await yard.testing.daemon.stop();
    await yard.forget(slot);
    runtime = await yard.open();
    await yard.testing.daemon.start();
    await until(async () => !(await yard.containers()).some((container) => container.id === id));
  }, 60_000);
});

async function answers({ host, port }: { host: string; port: number }): Promise<boolean> {
  return fetch(`http://${host}:${port}/health`, { signal: AbortSignal.timeout(2000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
