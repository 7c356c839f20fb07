import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestEngine, type TestEngine } from '../testing/docker-engine.ts';
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

async function made(text: string, tags: string[]): Promise<string> {
  const work = await shop.images.begin({ run: 'run_1', name: 'build-image' }, []);
  const image = await work.build(shop.request(await shop.release({ text })));
  await work.tag(image, 'kova/shop', tags);
  await work.close();
  return image.id;
}

const names = async () => (await testing.engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);

test('an image is removed with all its names; one that a container is made of stays as it was', async () => {
  const [gone, used] = [await made('gone', ['one', 'two']), await made('used', ['three', 'latest'])];
  const container = await testing.engine.createContainer({ Image: used, HostConfig: { NetworkMode: 'none' } });
  expect(await shop.images.remove([gone, used])).toEqual([gone]);
  expect((await names()).filter((name) => name.startsWith('kova/')).sort()).toEqual([
    'kova/shop:latest',
    'kova/shop:three',
  ]);
  await container.remove();
  expect(await shop.images.remove([gone, used])).toEqual([gone, used]);
  expect((await names()).filter((name) => name.startsWith('kova/'))).toEqual([]);
});

test('a name that another image has by now stays with that one', async () => {
  const before = await made('before', ['latest']);
  const after = await made('after', ['latest']);
  expect(await shop.images.remove([before])).toEqual([before]);
  expect((await testing.engine.getImage('kova/shop:latest').inspect()).Id).toBe(after);
});
