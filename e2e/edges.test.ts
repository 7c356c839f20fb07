import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EdgeView, StatusView } from '@kova/control/api';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runKova } from './testing/command.ts';
import { FollowingEdge } from './testing/following-edge.ts';
import { TestKova } from './testing/kova.ts';
import { lazyApp } from './testing/lazy-app.ts';
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

async function edgeViews(): Promise<EdgeView[]> {
  return (await kova.call<StatusView>('GET', '/v1/status')).edges;
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

test('one of three is killed under load: it costs its open connections, the others notice nothing, and deployments go on', async () => {
  const [b, c] = edges as [FollowingEdge, FollowingEdge];
  const others = [kova.control.edge, c.origin].map((origin) => new Load(origin, host));
  const clients = 4;
  const behindBalancer = new Load([b.origin, c.origin], host, clients);
  await kova.until(
    async () => behindBalancer.seen.requests,
    (requests) => requests > 100,
  );
  await b.kill();
  const { state, release } = await kova.shipped({ text: 'without b' });
  expect(state).toBe('done');
  expect((await edgeViews()).map(({ name, state }) => [name, state])).toEqual([
    ['b', 'lost'],
    ['c', 'in-line'],
  ]);
  expect(kova.command('status')).toContain(`warning: edge b at ${b.address} is lost, last heard of`);
  expect(await runKova(['doctor'], kova.env)).toMatchObject({ code: 1, out: expect.stringContaining('FAIL  edge b') });
  const seen = await behindBalancer.stop();
  expect(seen.dropped.length).toBeLessThanOrEqual(clients);
  for (const load of others) expect(await load.stop()).toMatchObject({ dropped: [], errors: 0 });
  expect([(await kova.get()).release, (await c.get()).release]).toEqual([release, release]);
});

test('the edge that was lost comes back while the control plane is away, and catches up by itself', async () => {
  const [b] = edges as [FollowingEdge];
  const { release } = await kova.get();
  kova.killControl();
  await b.startEdge();
  expect((await b.get()).release).not.toBe(release);
  await b.startFollower();
  expect((await b.get()).release).toBe(release);
  await kova.up();
});

test('an edge that was killed alone is back in line when it is started again', async () => {
  const [b] = edges as [FollowingEdge];
  await b.killEdge();
  const { release } = await kova.shipped({ text: 'while its edge is away' });
  await b.startEdge();
  await kova.until(
    () => b.get(),
    (answer) => answer.release === release,
  );
  const { release: next } = await kova.shipped({ text: 'after that' });
  expect(await served()).toEqual([next, next, next]);
});

test('what the users of another edge see judges a release, too', async () => {
  const [b] = edges as [FollowingEdge];
  const good = (await kova.get()).release;
  const load = new Load(b.origin, host);
  const { ship } = await kova.ship({
    text: 'bad',
    failing: 0.6,
    environments: "{ production: { stability: '60s', instances: 2 } }",
  });
  expect((await kova.endOf(ship)).deployments).toMatchObject([{ phase: 'rolled-back', health: 'failed' }]);
  expect((await load.stop()).dropped).toEqual([]);
  expect(await served()).toEqual([good, good, good]);
});

test('what lasts at another edge is ended before the instances that it comes from are', async () => {
  const [b] = edges as [FollowingEdge];
  const stream = await request(`${b.origin}/events`, { headers: { host } });
  const ended = stream.body.text();
  await kova.shipped({ text: 'next' });
  await kova.shipped({ text: 'next but one' });
  // A stream that was cut with its instance would have failed.
  expect(await ended).toContain('data: ');
  expect(await served()).toEqual(Array(3).fill((await kova.get()).release));
});

test('while the store is away all three serve, and the first deployment after that is in force on all', async () => {
  const load = users();
  store.stop();
  await sleep(8000);
  await store.back();
  const { state, release } = await kova.shipped({ text: 'after the store' });
  expect(state).toBe('done');
  expect(await served()).toEqual([release, release, release]);
  for (const seen of await load.stop()) expect(seen).toMatchObject({ dropped: [], errors: 0 });
});

test('a tab that was opened before two releases finds its files at every edge, one that came later too', async () => {
  await kova.shipped(lazyApp('old', { keepsAssets: true }));
  const main = /src="([^"]+)"/.exec((await kova.get()).body)?.[1] ?? '';
  const chunk = /"cart":"([^"]+)"/.exec((await kova.get(main)).body)?.[1] ?? '';
  await kova.shipped(lazyApp('newer', { keepsAssets: true }));
  await kova.shipped(lazyApp('newest', { keepsAssets: true }));
  const late = await FollowingEdge.start('d', '127.0.0.4', { KOVA_DATABASE_URL: await store.url() });
  edges.push(late);
  const { body } = await kova.get(chunk);
  expect(body).toContain('cart of old');
  for (const edge of edges) expect(await edge.get(chunk)).toMatchObject({ status: 200, body });
});

test.each([
  ['a name that is none', ['--name', 'a b'], {}, 'INPUT_INVALID'],
  ['an address that is none', ['--advertise', 'nowhere'], {}, 'INPUT_INVALID'],
  ['the home of a control plane', [], { KOVA_HOME: () => kova.home }, 'CONFLICT'],
  ['no edge to keep in line', [], { KOVA_HOME: () => join(kova.home, 'nothing') }, 'EDGE_UNAVAILABLE'],
  ['the name of an edge that lives', ['--name', 'c'], { KOVA_HOME: () => edges[0]?.home ?? '' }, 'CONFLICT'],
])('kova follow is refused with %s', async (_, args, home: { KOVA_HOME?: () => string }, code) => {
  const env = { ...process.env, KOVA_DATABASE_URL: await store.url(), KOVA_HOME: home.KOVA_HOME?.() ?? kova.home };
  const answer = await runKova(['follow', ...args], env);
  expect([answer.code, answer.err]).toEqual([1, expect.stringContaining(code)]);
});
