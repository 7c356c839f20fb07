import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Instance, SlotSpec } from '../../ports/runtime.ts';
import { until } from '../../testing/until.ts';
import { markedIn, openWorkshop, type Workshop } from './testing/workshop.ts';

let workshop: Workshop;
let supervisor: ChildProcess | null = null;

beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(async () => {
  supervisor?.kill('SIGKILL');
  await workshop.close();
});

/** Starts a control plane that runs the slot and resolves when it has said `word`. */
async function supervise(spec: SlotSpec, word: string, mode = 'run'): Promise<void> {
  const argument = JSON.stringify({ options: workshop.options, spec });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'testing/supervisor.ts'), argument, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  supervisor = child;
  for await (const line of createInterface({ input: child.stdout })) if (line === word) return;
  throw new Error(`the supervisor ended without saying ${word}`);
}

async function killSupervisor(): Promise<void> {
  if (!supervisor) return;
  const gone = once(supervisor, 'exit');
  supervisor.kill('SIGKILL');
  await gone;
  supervisor = null;
}

async function recordPath(index: number): Promise<string> {
  const [folder = ''] = (await readdir(workshop.options.directory)).filter((name) => name.includes('%2F'));
  return join(workshop.options.directory, folder, `${index}.json`);
}

async function recordOf(index: number) {
  return JSON.parse(await readFile(await recordPath(index), 'utf8'));
}

/** Asks all instances again and again; gives the failures when it is told to end. */
function askAlways(instances: readonly Pick<Instance, 'address'>[]) {
  const abort = new AbortController();
  const failures: unknown[] = [];
  let asked = 0;
  const one = async ({ address }: Pick<Instance, 'address'>) => {
    while (!abort.signal.aborted) {
      const response = await fetch(`http://${address.host}:${address.port}/`).catch((error: unknown) => error);
      if (!(response instanceof Response && response.ok)) failures.push(response);
      else await response.arrayBuffer();
      asked += 1;
      await sleep(2);
    }
  };
  const asking = Promise.all(instances.map(one));
  return {
    asked: () => asked,
    end: async () => {
      abort.abort();
      await asking;
      return { asked, failures };
    },
  };
}

describe('kill -9 of the control plane', () => {
  test('drops no request: the instances go on and are adopted, not restarted', async () => {
    await supervise(workshop.spec('good', { instances: 2 }), 'pass');
    const before = [...markedIn(workshop.directory).keys()].sort();
    expect(before).toHaveLength(2);
    const ports = await Promise.all([0, 1].map(recordOf));
    const asking = askAlways(ports.map(({ port }) => ({ address: { host: '127.0.0.1', port } })));
    await until(() => asking.asked() > 50);
    await killSupervisor();
    const whenKilled = asking.asked();
    await until(() => asking.asked() > whenKilled + 50);
    const runtime = await workshop.open();
    expect(await runtime.awaitReady('shop/production/blue', 10_000)).toMatchObject({ outcome: 'pass' });
    const adopted = await runtime.instances('shop/production/blue');
    const whenAdopted = asking.asked();
    await until(() => asking.asked() > whenAdopted + 50);
    expect(await asking.end()).toMatchObject({ failures: [] });
    expect(adopted.map(({ pid }) => pid).sort()).toEqual(before);
    for (const { restarts, state } of adopted) expect({ restarts, state }).toEqual({ restarts: 0, state: 'ready' });
    await runtime.stop('shop/production/blue');
    expect(markedIn(workshop.directory).size).toBe(0);
  });

  test('what ended meanwhile is launched again, what runs is left alone', async () => {
    await supervise(workshop.spec('good', { instances: 2 }), 'pass');
    await killSupervisor();
    const pids = await Promise.all([0, 1].map(async (index) => (await recordOf(index)).process.pid));
    const [first = 0, second = 0] = pids;
    process.kill(first, 'SIGKILL');
    await until(() => !markedIn(workshop.directory).has(first));
    const runtime = await workshop.open();
    expect(await runtime.awaitReady('shop/production/blue', 10_000)).toMatchObject({ outcome: 'pass' });
    const [one, two] = await runtime.instances('shop/production/blue');
    expect(one).toMatchObject({ restarts: 1, state: 'ready' });
    expect(one?.pid).not.toBe(first);
    expect(two).toMatchObject({ restarts: 0, pid: second });
  });

  test('an adopted instance that ends is started again', async () => {
    await supervise(workshop.spec('good'), 'pass');
    await killSupervisor();
    const runtime = await workshop.open();
    const [adopted] = await runtime.instances('shop/production/blue');
    process.kill(adopted!.pid!, 'SIGKILL');
    const again = await until(async () => {
      const [now] = await runtime.instances('shop/production/blue');
      return now?.restarts === 1 && now.state === 'ready' ? now : null;
    });
    expect(again.pid).not.toBe(adopted?.pid);
    expect(again.address).toEqual(adopted?.address);
  });

  test('between the launch and its record: the process is found by its environment', async () => {
    await supervise(workshop.spec('good'), 'pass');
    await killSupervisor();
    const [pid] = markedIn(workshop.directory).keys();
    const record = await recordOf(0);
    await writeFile(await recordPath(0), JSON.stringify({ ...record, process: null, readyAt: null }));
    const runtime = await workshop.open();
    expect(await runtime.awaitReady('shop/production/blue', 10_000)).toMatchObject({ outcome: 'pass' });
    expect(await runtime.instances('shop/production/blue')).toMatchObject([{ pid, restarts: 0 }]);
    expect(markedIn(workshop.directory).size).toBe(1);
  });

  test('a process that no record knows is killed', async () => {
    await supervise(workshop.spec('good'), 'pass');
    await killSupervisor();
    const [pid = 0] = markedIn(workshop.directory).keys();
    await writeFile(await recordPath(0), 'half a rec');
    const runtime = await workshop.open();
    expect(await runtime.awaitReady('shop/production/blue', 10_000)).toMatchObject({ outcome: 'pass' });
    expect(markedIn(workshop.directory).size).toBe(1);
    expect(markedIn(workshop.directory).has(pid)).toBe(false);
  });

  test('a slot that cannot be understood is an error, and its instances are left alone', async () => {
    await supervise(workshop.spec('good'), 'pass');
    await killSupervisor();
    const before = [...markedIn(workshop.directory).keys()];
    await writeFile((await recordPath(0)).replace('0.json', 'slot.json'), '{"wanted":"dancing"}');
    await expect(workshop.open()).rejects.toMatchObject({ code: 'INTERNAL' });
    expect([...markedIn(workshop.directory).keys()]).toEqual(before);
  });

  test('at any moment of a start leaves neither a stranger nor a gap', async () => {
    for (let delayMs = 0; delayMs <= 48; delayMs += 12) {
      await supervise(workshop.spec('good', { instances: 3 }), 'starting');
      await sleep(delayMs);
      await killSupervisor();
      const runtime = await workshop.open();
      await runtime.start(workshop.spec('good', { instances: 3 }));
      expect(await runtime.awaitReady('shop/production/blue', 10_000)).toMatchObject({ outcome: 'pass' });
      const known = (await runtime.instances('shop/production/blue')).map(({ pid }) => pid);
      expect([...markedIn(workshop.directory).keys()].sort()).toEqual(known.sort());
      await runtime.stop('shop/production/blue');
      expect(markedIn(workshop.directory).size).toBe(0);
      runtime.close();
    }
  }, 180_000);

  test('in the middle of a stop: the stop is finished', async () => {
    await supervise(workshop.spec('ignores-sigterm', { stopTimeoutMs: 5000 }), 'stopping', 'stop');
    const path = (await recordPath(0)).replace('0.json', 'slot.json');
    await until(async () => (await readFile(path, 'utf8')).includes('"stopped"'));
    await killSupervisor();
    expect(markedIn(workshop.directory).size).toBe(1);
    const runtime = await workshop.open();
    expect(await runtime.slots()).toEqual([]);
    await runtime.start(workshop.spec('good', { release: 'r-2' }));
    expect(await runtime.awaitReady('shop/production/blue', 10_000)).toMatchObject({ outcome: 'pass' });
    expect(markedIn(workshop.directory).size).toBe(1);
  });
});
