import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SlotSpec } from '../../ports/runtime.ts';
import { until } from '../../testing/until.ts';
import type { DockerRuntime } from './docker-runtime.ts';
import { openYard, type Yard } from './testing/yard.ts';

const slot = 'shop/production/blue';
let yard: Yard;
let supervisor: ChildProcess | null = null;
let runtime: DockerRuntime | null = null;

beforeAll(async () => {
  yard = await openYard();
}, 240_000);
afterEach(async () => {
  supervisor?.kill('SIGKILL');
  await runtime?.stop(slot);
  runtime?.close();
  runtime = null;
});
afterAll(() => yard?.close());

/** Starts a control plane that runs the slot and resolves when it has said `word`. */
async function supervise(spec: SlotSpec, word: string, mode = 'run'): Promise<void> {
  const { directory, logs, baseImage, homeId } = yard.options;
  const options = { directory, logs, baseImage };
  const argument = JSON.stringify({ host: yard.testing.host, homeId: homeId.reveal(), options, spec });
  supervisor = spawn(process.execPath, [join(import.meta.dirname, 'testing/supervisor.ts'), argument, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: supervisor.stdout! })) if (line === word) return;
  throw new Error(`the supervisor ended without saying ${word}`);
}

async function killSupervisor(): Promise<void> {
  const gone = once(supervisor!, 'exit');
  supervisor!.kill('SIGKILL');
  await gone;
}

describe('kill -9 of the control plane', () => {
  test('leaves the containers running; they are adopted, and their logs go on without a gap or a line twice', async () => {
    await supervise(yard.spec('chatty', { env: { LINES: '200' } }), 'pass');
    const before = await yard.containers();
    await killSupervisor();
    const { host } = Object.values(
      (await yard.testing.engine.getContainer(before[0]!.id).inspect()).NetworkSettings.Networks,
    ).map(({ IPAddress }) => ({ host: IPAddress }))[0]!;
    await fetch(`http://${host}:3000/log`);
    runtime = await yard.open();
    await fetch(`http://${host}:3000/log`);
    expect(await yard.containers()).toEqual(before);
    expect(await runtime.instances(slot)).toMatchObject([{ state: 'ready', restarts: 0 }]);
    const lines = await until(async () => {
      const found = await Array.fromAsync(runtime!.logs(slot, { tail: 1000 }));
      return found.length >= 400 ? found : null;
    });
    expect(lines.map(({ text }) => text)).toEqual(Array.from({ length: 400 }, (_, number) => `line ${number}`));
  });

  test('what ended meanwhile is launched again, what runs is left alone', async () => {
    await supervise(yard.spec('good', { instances: 2 }), 'pass');
    await killSupervisor();
    const [first, second] = (await yard.containers()).sort((a, b) => a.instance.localeCompare(b.instance));
    await yard.testing.engine.getContainer(first!.id).remove({ force: true });
    runtime = await yard.open();
    expect(await runtime.awaitReady(slot, 20_000)).toMatchObject({ outcome: 'pass' });
    expect(await runtime.instances(slot)).toMatchObject([{ restarts: 1 }, { restarts: 0 }]);
    expect((await yard.containers()).map(({ id }) => id)).toContain(second!.id);
    expect(await yard.containers()).toHaveLength(2);
  });

  test('at any moment of a start leaves neither a stranger nor a gap', async () => {
    for (let delayMs = 0; delayMs <= 900; delayMs += 150) {
      await supervise(yard.spec('good', { instances: 2 }), 'starting');
      await sleep(delayMs);
      await killSupervisor();
      runtime = await yard.open();
      await runtime.start(yard.spec('good', { instances: 2 }));
      expect(await runtime.awaitReady(slot, 20_000)).toMatchObject({ outcome: 'pass' });
      // What the engine was just making comes late, and is removed as soon as it is there.
      await until(async () => (await yard.containers()).length === 2);
      const known = (await runtime.instances(slot)).map(({ id }) => id);
      expect((await yard.containers()).map(({ instance }) => instance).sort()).toEqual(known);
      await runtime.stop(slot);
      await until(async () => (await yard.containers()).length === 0);
      runtime.close();
    }
  }, 240_000);

  test('in the middle of a stop: the stop is finished', async () => {
    await supervise(yard.spec('ignores-sigterm', { stopTimeoutMs: 4000 }), 'stopping', 'stop');
    await until(async () => {
      const logs = await yard.testing.engine.getContainer((await yard.containers())[0]!.id).logs({ stdout: true });
      return logs.toString().includes('no');
    });
    await killSupervisor();
    runtime = await yard.open();
    expect(await runtime.slots()).toEqual([]);
    await until(async () => (await yard.containers()).length === 0);
  });
});
