import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { nodeBase, openTestEngine } from '../testing/docker-engine.ts';
import { openSmallEngine } from '../testing/engine/small-engine.ts';
import { openShop } from './testing/shop.ts';

const job = { run: 'run_1', name: 'build-image' };
const closing: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test('an engine that dies in the middle of a build is named, and nothing of the context is left', async () => {
  const testing = await openTestEngine();
  closing.push(testing.close);
  const shop = await openShop(testing);
  closing.push(shop.close);
  const request = shop.request(await shop.release({ 'big.txt': randomBytes(32 << 20).toString('hex') }));
  const work = await shop.images.begin(job, []);
  closing.push(work.close);
  const inTheMiddle = async () => {
    while (!(await building())) await new Promise((resolve) => setImmediate(resolve));
    await testing.daemon.stop('SIGKILL');
  };
  // The context is there, so the engine has been asked.
  const building = () =>
    readdir(join(shop.home.builds, '.images')).then(
      (names) => names.length > 0,
      () => false,
    );
  const [built] = await Promise.allSettled([work.build(request), inTheMiddle()]);
  expect(built).toMatchObject({ status: 'rejected', reason: { code: 'ENGINE_UNAVAILABLE' } });
  expect(await readdir(join(shop.home.builds, '.images'))).toEqual([]);
}, 240_000);

test('an engine without room for the image is named, and what it has stays as it was', async () => {
  const { engine, close } = await openSmallEngine(420);
  closing.push(close);
  const shop = await openShop({ engine });
  closing.push(shop.close);
  const work = await shop.images.begin(job, []);
  closing.push(work.close);
  const big = shop.request(await shop.release({ 'big.txt': randomBytes(128 << 20).toString('hex') }));
  await expect(work.build(big)).rejects.toMatchObject({
    code: 'DISK_FULL',
    next: expect.stringContaining('docker system df'),
  });
  expect(await engine.getImage(nodeBase.name).inspect()).toMatchObject({ Os: 'linux' });
}, 240_000);
