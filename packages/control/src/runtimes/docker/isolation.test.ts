import { Secret } from '@kova/core/secret';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DockerRuntime } from './docker-runtime.ts';
import { openYard, type Yard } from './testing/yard.ts';

const slot = 'shop/production/blue';
let yard: Yard;
let runtime: DockerRuntime;

beforeAll(async () => {
  yard = await openYard();
  runtime = await yard.open();
  const env = { API_KEY: new Secret('sk-1234567890') };
  const limits = { memory: 128 * 1024 ** 2, cpus: 0.5, processes: 100 };
  await runtime.start(yard.spec('prints-env', { env, limits }));
  expect(await runtime.awaitReady(slot, 20_000)).toMatchObject({ outcome: 'pass' });
}, 240_000);
afterAll(async () => {
  await runtime?.stop(slot);
  await yard?.close();
});

async function report() {
  const [instance] = await runtime.instances(slot);
  const { host, port } = instance!.address;
  return (await (await fetch(`http://${host}:${port}/`)).json()) as {
    env: Record<string, string>;
    uid: number;
    gid: number;
    status: string;
    oomScore: string;
  };
}

const inspected = async () => yard.testing.engine.getContainer((await yard.containers())[0]!.id).inspect();

test('an instance has the environment it was given, and that of its image', async () => {
  const { env } = await report();
  expect(env).toMatchObject({
    ...{ API_KEY: 'sk-1234567890', PORT: '3000', HOST: '0.0.0.0', HOSTNAME: '0.0.0.0', KOVA_INSTANCE: `${slot}/0` },
    PATH: expect.stringContaining('/usr/local/bin'),
  });
  expect(Object.keys(env).sort()).toEqual(['API_KEY', 'HOME', 'HOST', 'HOSTNAME', 'KOVA_INSTANCE', 'PATH', 'PORT']);
});

test('it runs as its user, without a capability and without a way to gain one', async () => {
  const { uid, gid, status, oomScore } = await report();
  expect([uid, gid]).toEqual([70_123, 70_123]);
  for (const name of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
    expect(status).toMatch(new RegExp(`^${name}:\\t0{16}$`, 'm'));
  }
  expect(status).toMatch(/^NoNewPrivs:\t1$/m);
  expect(oomScore).toBe('500');
});

test('it may write nowhere but to memory, and sees nothing of the machine but its release', async () => {
  const { HostConfig, Mounts } = await inspected();
  expect(HostConfig.ReadonlyRootfs).toBe(true);
  expect(HostConfig.Privileged).toBe(false);
  expect(Mounts).toEqual([expect.objectContaining({ Source: yard.directory, Destination: '/app', RW: false })]);
});

test('it has the limits that were asked for, and no swap beyond', async () => {
  const { HostConfig } = await inspected();
  expect(HostConfig).toMatchObject({
    ...{ Memory: 134_217_728, MemorySwap: 134_217_728, NanoCpus: 500_000_000, PidsLimit: 100 },
  });
});

test('no secret is in its labels or its name', async () => {
  const { Config, Name } = await inspected();
  expect(JSON.stringify([Config.Labels, Name])).not.toContain('sk-1234567890');
});
