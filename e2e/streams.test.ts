import { afterAll, beforeAll, test } from 'vitest';
import { TestKova } from './testing/kova.ts';
import { streamThroughDeploy } from './testing/streams.ts';

let kova: TestKova;
beforeAll(async () => {
  kova = await TestKova.start();
  await kova.shipped({ text: 'one' });
});
afterAll(() => kova.close());

// https://github.com/basecamp/kamal-proxy/issues/186
test('hundreds of WebSockets and event streams through a deploy: none refused, none cut, closes spread', () =>
  streamThroughDeploy(kova, (version) => kova.shipped(version), 300));
