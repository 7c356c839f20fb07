import { Secret } from '@kova/core/secret';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { networkName } from '../../engine/network.ts';
import { nodeBase } from '../../testing/docker-engine.ts';
import { until } from '../../testing/until.ts';
import type { DockerRuntime } from './docker-runtime.ts';
import { ContainerIdentity } from './identity.ts';
import { loadEmptyImage } from './testing/empty-image.ts';
import { openYard, type Yard } from './testing/yard.ts';

const slot = 'shop/production/blue';
let yard: Yard;
let runtime: DockerRuntime;

beforeAll(async () => {
  yard = await openYard();
  runtime = await yard.open({ restarts: { firstDelayMs: 20 }, stoppedPatienceMs: 500 });
}, 240_000);
afterEach(async () => {
  for (const { slot: id } of await runtime.slots()) await runtime.stop(id);
});
afterAll(() => yard?.close());

async function startReady(overrides: Parameters<Yard['spec']>[1] = {}) {
  await runtime.start(yard.spec('good', overrides));
  expect(await runtime.awaitReady(slot, 20_000)).toMatchObject({ outcome: 'pass' });
  const [container] = await yard.containers();
  return yard.testing.engine.getContainer(container!.id);
}

async function againReady() {
  return until(async () => {
    const [instance] = await runtime.instances(slot);
    return instance?.state === 'ready' && instance.restarts === 1 ? instance : null;
  });
}

describe('a container', () => {
  test('removed by hand is started again at its address', async () => {
    const container = await startReady();
    const [before] = await runtime.instances(slot);
    await container.remove({ force: true });
    const after = await againReady();
    expect(after.reason).toMatch(/before, it was removed by somebody|before, it was killed by SIGKILL/);
    expect(after.address).toEqual(before?.address);
    expect(await yard.containers()).toHaveLength(1);
  });

  test('stopped by hand is started again', async () => {
    const container = await startReady();
    await container.stop({ t: 5 });
    expect((await againReady()).reason).toContain('before, it exited with 0, as somebody stopped it');
  });

  test('paused by hand is replaced', async () => {
    const container = await startReady();
    await container.pause();
    expect((await againReady()).reason).toContain('before, it was paused by somebody');
    expect(await yard.containers()).toHaveLength(1);
  });

  test('started again by hand is supervised on', async () => {
    const container = await startReady();
    await container.restart({ t: 0 });
    const after = await againReady();
    const { State } = await yard.testing.engine.getContainer((await yard.containers())[0]!.id).inspect();
    expect(after.pid).toBe(State.Pid);
  });

  test('whose network was removed by hand gets another', async () => {
    const container = await startReady();
    const { engine } = yard.testing;
    const name = networkName({
      home: new ContainerIdentity(yard.options.homeId).home,
      project: 'shop',
      environment: 'production',
    });
    await engine.getNetwork(name).disconnect({ Container: container.id, Force: true });
    await engine.getNetwork(name).remove();
    expect((await againReady()).reason).toContain('before, it was taken off its network by somebody');
    expect((await engine.getNetwork(name).inspect()).Labels).toBeDefined();
  });

  test('that takes more memory than it may is ended and says so', async () => {
    const limits = { memory: 64 * 1024 ** 2, cpus: 0.5, processes: 64 };
    const start = ['node', '-e', 'const all = []; setInterval(() => all.push(Buffer.alloc(16_000_000, 1)), 20)'];
    await runtime.start(yard.spec('good', { start, limits }));
    const verdict = await runtime.awaitReady(slot, 20_000);
    expect(verdict.reason).toContain('it was ended for taking more than the 64 MiB of memory that it may have');
  });
});

describe('an image', () => {
  const refusal = (image: string) =>
    runtime.start(yard.spec('good', { image })).then(
      () => null,
      (error: unknown) => error,
    );

  test('that is not to be had is named', async () => {
    expect(await refusal('localhost:1/nobody/nothing:1')).toMatchObject({
      code: 'IMAGE_UNUSABLE',
      message: expect.stringContaining('localhost:1/nobody/nothing:1'),
    });
    expect(await runtime.slots()).toEqual([]);
  });

  test('that runs as root is refused', async () => {
    expect(await refusal(nodeBase.name)).toMatchObject({
      code: 'IMAGE_UNUSABLE',
      message: expect.stringContaining('runs as root'),
    });
  });

  test('for another machine is refused', async () => {
    await loadEmptyImage(yard.testing.engine, 'kova-test/arm:1', 'arm64');
    expect(await refusal('kova-test/arm:1')).toMatchObject({
      code: 'IMAGE_UNUSABLE',
      message: expect.stringMatching(/made for linux\/arm64, and this machine is linux\//),
    });
  });
});

describe('two homes on one engine', () => {
  test("do not touch what is the other's", async () => {
    await startReady();
    const other = await yard.open({ homeId: new Secret('another home'), directory: `${yard.options.directory}-other` });
    await other.start(yard.spec('good'));
    expect(await other.awaitReady(slot, 20_000)).toMatchObject({ outcome: 'pass' });
    expect(await yard.containers()).toHaveLength(2);
    const [mine] = await runtime.instances(slot);
    const [theirs] = await other.instances(slot);
    expect(mine?.address).not.toEqual(theirs?.address);
    await other.stop(slot);
    expect((await runtime.instances(slot))[0]).toEqual(mine);
    other.close();
  });

  test('a container with copied labels is neither adopted nor removed', async () => {
    const real = await startReady();
    const { Config, Name } = await real.inspect();
    const forged = await yard.testing.engine.createContainer({
      ...{ Image: nodeBase.name, Cmd: ['sleep', '600'], Labels: Config.Labels, name: `${Name.slice(1)}0` },
      HostConfig: { NetworkMode: 'none' },
    });
    await forged.start();
    const before = await runtime.instances(slot);
    runtime.close();
    runtime = await yard.open();
    expect((await runtime.instances(slot)).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
    expect((await forged.inspect()).State.Running).toBe(true);
    await runtime.stop(slot);
    expect((await forged.inspect()).State.Running).toBe(true);
    await forged.remove({ force: true });
  });
});
