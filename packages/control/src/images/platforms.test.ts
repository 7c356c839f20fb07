import { readFile } from 'node:fs/promises';
import type Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { follow } from '../engine/progress.ts';
import { jobLogPath } from '../pipeline/log.ts';
import { openTestEngine, type TestEngine } from '../testing/docker-engine.ts';
import { emulates, pushBase, smallApp } from './testing/platforms.ts';
import { openRegistry, type TestRegistry } from './testing/registry.ts';
import { runUntilJudged } from './testing/run.ts';
import { openShop } from './testing/shop.ts';

// An emulator of the kernel (Debian: qemu-user-static) runs what is built for the other platform.
const needsEmulator = test.skipIf(!emulates('aarch64'));
const job = { run: 'run_1', name: 'build-image' };

let testing: TestEngine;
let shop: Awaited<ReturnType<typeof openShop>>;
let registry: TestRegistry;
let base: string;
beforeAll(async () => {
  testing = await openTestEngine([]);
  shop = await openShop(testing);
  registry = await openRegistry();
  base = await pushBase(testing.engine, registry.address);
}, 240_000);
afterAll(async () => {
  await shop?.close();
  await registry?.close();
  await testing?.close();
});

const platforms = ['linux/amd64', 'linux/arm64'] as const;

/** As the pipeline makes it. */
async function make(files: Readonly<Record<string, string | Buffer>> = {}) {
  const work = await shop.images.begin(job, []);
  const wish = shop.request(
    await shop.release({ health: 'well', ...files }),
    { base, platforms: [...platforms] },
    smallApp,
  );
  const image = await work.build(wish);
  const request = { image, name: `${registry.address}/shop`, tags: ['sha-0123', 'main'], credentials: null };
  await work.tag(image, request.name, request.tags);
  const reference = await work.push({ ...request, signal: AbortSignal.timeout(120_000) });
  await work.close();
  return { image, reference };
}

async function pull(engine: Docker, reference: string, platform: string): Promise<Docker.ImageInspectInfo> {
  await follow('pulling', await engine.pull(reference, { platform }));
  return engine.getImage(reference).inspect();
}

needsEmulator('an image is one name for both platforms, and each of them runs', { timeout: 240_000 }, async () => {
  const { image, reference } = await make();
  expect(image.notBuilt).toEqual([]);
  for (const tag of ['sha-0123', 'main']) {
    expect(reference).toBe(`${registry.address}/shop@${await registry.digestOf('shop', tag)}`);
  }
  const { engine } = testing;
  const [other] = image.others;
  // Of no use here, so it is gone already.
  await expect(engine.getImage(other?.id ?? '').inspect()).rejects.toMatchObject({ statusCode: 404 });
  expect((await pull(engine, reference, 'linux/amd64')).Id).toBe(image.id);
  // An engine keeps one of them under a digest.
  await shop.images.remove([image.id]);
  const arm = await pull(engine, reference, 'linux/arm64');
  expect(arm).toMatchObject({ Id: other?.id, Architecture: 'arm64', Created: '2026-01-02T03:04:05Z' });
  const { health } = await runUntilJudged(engine, arm.Id);
  expect(health).toBe('healthy');
});

needsEmulator('the same commit gives the same digest for all platforms', { timeout: 240_000 }, async () => {
  const { reference } = await make({ 'a/b.txt': 'b' });
  await testing.engine.pruneBuilder();
  expect((await make({ 'a/b.txt': 'b' })).reference).toBe(reference);
  expect((await make({ 'a/b.txt': 'other' })).reference).not.toBe(reference);
});

test.skipIf(emulates('s390x'))('a platform whose programs this machine cannot run is said', async () => {
  const work = await shop.images.begin(job, []);
  const wish = shop.request(await shop.release({ health: 'well' }), { base }, smallApp);
  // One that a configuration cannot name, as an emulator of the others may be here.
  const image = { ...wish.config.image!, platforms: ['linux/s390x' as 'linux/arm64'] };
  const { notBuilt } = await work.build({ ...wish, config: { ...wish.config, image } });
  await work.close();
  const reason = 'the machine of the engine runs no programs for it, as it has no emulator (Debian: qemu-user-static)';
  expect(notBuilt).toEqual([{ platform: 'linux/s390x', reason }]);
  const log = await readFile(jobLogPath(shop.home.logs, job), 'utf8');
  expect(log).toMatch(/exec format error$/m);
  expect(log).toContain(`not built for linux/s390x: ${reason}`);
});

test('a release with programs for one platform alone is made for that one alone', async () => {
  const { image } = await make({ 'node_modules/addon/build/addon.node': program(0x3e) });
  expect(image.notBuilt).toEqual([
    {
      platform: 'linux/arm64',
      reason: 'the release has programs for linux/amd64 alone, such as node_modules/addon/build/addon.node',
    },
  ]);
});

needsEmulator('one that has them for both is made for both', async () => {
  const { image } = await make({ 'amd64.node': program(0x3e), 'arm64.node': program(0xb7) });
  expect(image.others).toHaveLength(1);
});

/** The header of a program, by the number of its machine. */
function program(machine: number): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header.writeUInt16LE(machine, 18);
  return header;
}
