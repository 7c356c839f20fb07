import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Secret } from '@kova/core/secret';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobLogPath } from '../../pipeline/log.ts';
import type { BuiltImage, ImageWork, PushRequest } from '../../ports/images.ts';
import { openTestEngine, type TestEngine } from '../../testing/docker-engine.ts';
import { openRegistry, pusher, type TestRegistry } from '../testing/registry.ts';
import { openShop } from '../testing/shop.ts';

let testing: TestEngine;
let shop: Awaited<ReturnType<typeof openShop>>;
let registry: TestRegistry;
let work: ImageWork;
let image: BuiltImage;
const job = { run: 'run_1', name: 'build-image' };
const password = new Secret(pusher.password);

beforeAll(async () => {
  testing = await openTestEngine();
  shop = await openShop(testing);
  registry = await openRegistry({ closed: true });
  work = await shop.images.begin(job, [password]);
  image = await work.build(shop.request(await shop.release()));
}, 240_000);
afterAll(async () => {
  await work?.close();
  await registry?.close();
  await shop?.close();
  await testing?.close();
});

async function push(address: string, more: Partial<PushRequest> = {}): Promise<string> {
  const name = `${address}/shop`;
  const tags = ['sha-0123', 'main'];
  await work.tag(image, name, tags);
  const credentials = { username: pusher.username, password };
  return work.push({ image, name, tags, credentials, signal: AbortSignal.timeout(200_000), ...more });
}

test('all tags are at the registry, under the digest that is returned', { timeout: 240_000 }, async () => {
  const reference = await push(registry.address);
  for (const tag of ['sha-0123', 'main']) {
    expect(reference).toBe(`${registry.address}/shop@${await registry.digestOf('shop', tag)}`);
  }
  // By the digest alone, another engine, or this one after a clean-up, gets the same image.
  expect(await shop.images.remove([image.id])).toEqual([image.id]);
  const stream = await testing.engine.pull(reference, { authconfig: { ...pusher, serveraddress: registry.address } });
  await new Promise((resolve) => testing.engine.modem.followProgress(stream, resolve));
  expect((await testing.engine.getImage(reference).inspect()).Id).toBe(image.id);
  expect(await push(registry.address)).toBe(reference);
});

test('a wrong password and none are refused at once, and shown nowhere', async () => {
  const wrong = { username: pusher.username, password: new Secret('sentinel-password') };
  for (const credentials of [wrong, null]) {
    await expect(push(registry.address, { credentials })).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
      message: expect.not.stringContaining('sentinel'),
      next: expect.stringContaining('image.credentials'),
    });
  }
  const log = await readFile(jobLogPath(shop.home.logs, job), 'utf8');
  expect(log).toContain('pushed');
  expect(log).not.toMatch(/sentinel|correct horse/);
});

test('a registry that comes back within the attempts gets the image; one that stays away is named', async () => {
  await registry.stop();
  await expect(push(registry.address)).rejects.toMatchObject({
    code: 'REGISTRY_UNAVAILABLE',
    message: expect.stringContaining('connection refused'),
  });
  const pushing = push(registry.address);
  await pause(50);
  await registry.start();
  expect(await pushing).toMatch(/@sha256:[0-9a-f]{64}$/);
});

/** Without patience of Kova's own: the engine tries each layer five times by itself. */
async function pushOnce(address: string, files: Readonly<Record<string, string>>): Promise<string> {
  const hasty = await openShop(testing, { pausesMs: [] });
  const ours = await hasty.images.begin(job, []);
  try {
    const built = await ours.build(hasty.request(await hasty.release(files)));
    const request = { image: built, name: `${address}/shop`, tags: ['once'], credentials: null };
    await ours.tag(built, request.name, request.tags);
    return await ours.push({ ...request, signal: AbortSignal.timeout(200_000) });
  } finally {
    await ours.close();
    await hasty.close();
  }
}

test('a registry that answers with a fault of its own is named', { timeout: 240_000 }, async () => {
  const ill = createServer((_, response) => response.writeHead(500).end('{}')).listen(0, '127.0.0.1');
  await once(ill, 'listening');
  const { port } = ill.address() as { port: number };
  try {
    await expect(pushOnce(`127.0.0.1:${port}`, {})).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      message: expect.stringContaining('500'),
    });
  } finally {
    ill.close();
  }
});

test('a registry without room is named', { timeout: 240_000 }, async () => {
  const storage = await mkdtemp(join(tmpdir(), 'kova-test-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', storage]);
  const full = await openRegistry({ storage });
  try {
    await expect(pushOnce(full.address, { noise: randomBytes(4 << 20).toString('hex') })).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      next: expect.stringContaining('has room'),
    });
  } finally {
    await full.close();
    execFileSync('umount', [storage]);
    await rm(storage, { recursive: true });
  }
});
