import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { create } from 'tar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureImage } from '../../engine/image.ts';
import { openRegistry, type TestRegistry } from '../../images/testing/registry.ts';
import { nodeBase } from '../../testing/docker-engine.ts';
import { openSmallEngine, type SmallEngine } from '../../testing/engine/small-engine.ts';
import { pushImage } from '../../testing/swarm/push-image.ts';
import { until } from '../../testing/until.ts';
import { ContainerMigrator } from '../migrator/container-migrator.ts';
import type { DockerRuntime } from './docker-runtime.ts';
import { ContainerIdentity } from './identity.ts';
import { openYard, type Yard } from './testing/yard.ts';

const live = 'shop/production/blue';
const idle = 'shop/production/green';
const whatToDo = expect.stringContaining('`docker system df` shows what uses it');
let small: SmallEngine;
let registry: TestRegistry;
let yard: Yard;
let runtime: DockerRuntime;

beforeAll(async () => {
  small = await openSmallEngine(420);
  registry = await openRegistry();
  yard = await openYard(small);
  runtime = await yard.open({ restarts: { firstDelayMs: 20, maxDelayMs: 500 } });
  await runtime.start(yard.spec('good'));
  expect(await runtime.awaitReady(live, 20_000)).toMatchObject({ outcome: 'pass' });
}, 240_000);
afterAll(async () => {
  await small?.free().catch(() => {});
  await runtime?.stop(live);
  await runtime?.stop(idle);
  await yard?.close();
  await registry?.close();
});

/** What users of the live release see. */
async function answer(): Promise<unknown> {
  const [instance] = await runtime.instances(live);
  const { host, port } = instance!.address;
  return (await fetch(`http://${host}:${port}/`)).json();
}

/** An image that is in the registry alone, named by its digest there. */
async function imageElsewhere(): Promise<string> {
  const { engine } = small;
  const name = 'kova-test/big:1';
  await writeFile(join(yard.directory, 'big'), randomBytes(16 << 20));
  const archive = Readable.from(create({ cwd: yard.directory }, ['big']) as unknown as AsyncIterable<Buffer>);
  const answer = await engine.importImage(archive, { repo: 'kova-test/big', tag: '1' });
  await new Promise((resolve) => engine.modem.followProgress(answer, resolve));
  const pushed = await pushImage(engine, name, registry.address);
  for (const each of [name, `${registry.address}/${name}`]) await engine.getImage(each).remove();
  return pushed;
}

test('an engine without room for anything more is named, with what to do, and what is live goes on', async () => {
  const image = await imageElsewhere();
  const [before, answered] = [await runtime.instances(live), await answer()];
  await small.fill();
  await expect(ensureImage(small.engine, image)).rejects.toMatchObject({
    ...{ code: 'DISK_FULL', next: whatToDo },
    message: expect.stringMatching(/cannot be pulled: .*no space left on device/),
  });
  const migrator = new ContainerMigrator({
    ...{ engine: small.engine, identity: new ContainerIdentity(yard.options.homeId), baseImage: nodeBase.name },
    asOf: () => ({ uid: 70_123, gid: 70_123 }),
  });
  const migration = { id: 'd-1', slot: idle, directory: yard.directory, argv: ['node', 'good.mjs'], env: {} } as const;
  await expect(migrator.run({ ...migration, timeoutMs: 20_000 }, new AbortController().signal)).rejects.toMatchObject({
    ...{ code: 'DISK_FULL', next: whatToDo },
  });
  await runtime.start(yard.spec('good', { slot: idle, release: 'r-2' }));
  const verdict = await runtime.awaitReady(idle, 20_000);
  expect(verdict).toMatchObject({ outcome: 'fail', reason: whatToDo });
  expect(verdict.reason).toMatch(/could not be started \(.*no space left on device/);
  expect(await runtime.instances(live)).toEqual(before);
  expect(await answer()).toEqual(answered);
}, 120_000);

test('once there is room again what was tried begins by itself', async () => {
  await small.free();
  await until(async () => (await runtime.instances(idle)).every(({ state }) => state === 'ready'));
  expect((await runtime.instances(live)).map(({ restarts }) => restarts)).toEqual([0]);
}, 60_000);
