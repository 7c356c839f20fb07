import { afterAll, beforeAll, expect, test } from 'vitest';
import { FollowingEdge } from './testing/following-edge.ts';
import { TestKova } from './testing/kova.ts';
import { Load } from './testing/load.ts';
import { TestStore } from './testing/store.ts';

let kova: TestKova;
let store: TestStore;
let edges: FollowingEdge[] = [];
beforeAll(async () => {
  kova = await TestKova.start();
  store = new TestStore(kova.home);
  await kova.shipped({ text: 'before' });
  const env = { KOVA_DATABASE_URL: await store.url() };
  edges = await Promise.all([FollowingEdge.start('b', '127.0.0.2', env), FollowingEdge.start('c', '127.0.0.3', env)]);
});
afterAll(async () => {
  await Promise.all(edges.map((edge) => edge.close()));
  await kova.close();
});

const host = 'production.shop.localhost';
const origins = () => [kova.control.edge, ...edges.map(({ origin }) => origin)];

/** Users on each of the three. */
function users(): { stop(): Promise<Awaited<ReturnType<Load['stop']>>[]> } {
  const loads = origins().map((origin) => new Load(origin, host));
  return { stop: () => Promise.all(loads.map((load) => load.stop())) };
}

/** What each of the three answers with now. */
async function served(): Promise<Array<string | null>> {
  const answers = await Promise.all([kova.get(), ...edges.map((edge) => edge.get())]);
  return answers.map(({ release }) => release);
}

test('an edge that is started beside a Kova at work serves what it serves', async () => {
  const { release } = await kova.get();
  expect(await served()).toEqual([release, release, release]);
});

test('deployments and a rollback are in force on all three when they say so, and no user of any notices', async () => {
  const load = users();
  for (const text of ['one', 'two']) {
    const { state, release } = await kova.shipped({ text });
    expect(state).toBe('done');
    expect(await served()).toEqual([release, release, release]);
  }
  const back = await kova.ended(await kova.act('rollback'));
  expect(back.phase).toBe('live');
  expect(await served()).toEqual([back.release, back.release, back.release]);
  for (const { dropped, errors, releases } of await load.stop()) {
    expect([dropped, errors]).toEqual([[], 0]);
    expect(releases.size).toBe(3);
  }
});
