import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeBase, openTestEngine, type TestEngine } from '../testing/docker-engine.ts';
import { dated } from './dated.ts';
import { runUntilJudged } from './testing/run.ts';
import { openShop } from './testing/shop.ts';

let testing: TestEngine;
let shop: Awaited<ReturnType<typeof openShop>>;
beforeAll(async () => {
  testing = await openTestEngine();
  shop = await openShop(testing);
}, 240_000);
afterAll(async () => {
  await shop?.close();
  await testing?.close();
});

const job = { run: 'run_1', name: 'build-image' };

test('the image of a release runs the app as nobody in particular, under tini, and is healthy', async () => {
  const work = await shop.images.begin(job, []);
  const built = await work.build(shop.request(await shop.release(), { source: 'https://example.com/shop' }));
  await work.close();
  expect(built).toMatchObject({ id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), notBuilt: [] });
  const { Config, Created, Size, RootFS } = await testing.engine.getImage(built.id).inspect();
  const base = await testing.engine.getImage(nodeBase.name).inspect();
  expect(Created).toBe('2026-01-02T03:04:05Z');
  expect(built).toMatchObject({ bytes: Size, baseBytes: base.Size, layers: RootFS.Layers?.length });
  expect(Size - base.Size).toBeLessThan(100_000);
  expect(Config.Labels).toEqual({
    'org.opencontainers.image.title': 'shop',
    'org.opencontainers.image.source': 'https://example.com/shop',
    'org.opencontainers.image.revision': '0123456789abcdef0123456789abcdef01234567',
    'org.opencontainers.image.version': '0123456789',
    'org.opencontainers.image.created': '2026-01-02T03:04:05.000Z',
    'org.opencontainers.image.base.name': nodeBase.name,
    'org.opencontainers.image.base.digest': base.Id,
  });
  const { health, processes } = await runUntilJudged(testing.engine, built.id);
  expect(health).toBe('healthy');
  expect(processes).toEqual(['1000 /tini -- node server.mjs', '1000 node server.mjs']);
});

test('the same commit gives the same digest, with the cache of the engine and without', async () => {
  const work = await shop.images.begin(job, []);
  const request = shop.request(await shop.release({ 'a/b.txt': 'b', 'a/c.txt': 'c' }));
  const first = await work.build(request);
  expect(await work.build(request)).toEqual(first);
  await testing.engine.getImage(first.id).remove({ force: true });
  await testing.engine.pruneBuilder();
  expect(await work.build(request)).toEqual(first);
  const other = await work.build(shop.request(await shop.release({ 'a/b.txt': 'other' })));
  expect(other.id).not.toBe(first.id);
  await work.close();
  // What was built on the way is not left behind.
  const images = await testing.engine.listImages({ all: true });
  expect(images.filter(({ RepoTags }) => RepoTags?.some((tag) => tag.startsWith('kova-draft')))).toEqual([]);
});

test('a platform that there is no base for is said', async () => {
  const work = await shop.images.begin(job, []);
  const { notBuilt, others } = await work.build(
    shop.request(await shop.release(), { platforms: ['linux/amd64', 'linux/arm64'] }),
  );
  await work.close();
  expect(others).toEqual([]);
  expect(notBuilt).toHaveLength(1);
  expect(notBuilt[0]?.reason).toMatch(/^there is no kova-test\/node:24 for it \(/);
});

test('a base for another platform is refused before anything is built', async () => {
  const work = await shop.images.begin(job, []);
  await importForeign();
  await expect(work.build(shop.request(await shop.release(), { base: 'kova-test/foreign:1' }))).rejects.toMatchObject({
    code: 'IMAGE_UNUSABLE',
    message: expect.stringMatching(
      /^the image kova-test\/foreign:1 is made for linux\/s390x, and this machine is linux\//,
    ),
  });
  await work.close();
});

/** The base again, saying that it is for another machine. */
async function importForeign(): Promise<void> {
  const { engine } = testing;
  const base = await engine.getImage(nodeBase.name).inspect();
  const id = await dated(engine, { ...base, Architecture: 's390x' }, new Date(0));
  await engine.getImage(id).tag({ repo: 'kova-test/foreign', tag: '1' });
}

test('a base that nobody has is named', async () => {
  const work = await shop.images.begin(job, []);
  await expect(work.build(shop.request(await shop.release(), { base: '127.0.0.1:1/none:1' }))).rejects.toMatchObject({
    code: 'IMAGE_UNUSABLE',
    message: expect.stringContaining('127.0.0.1:1/none:1 is not in the engine and cannot be pulled'),
  });
  await work.close();
});
