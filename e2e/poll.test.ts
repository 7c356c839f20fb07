import { renameSync } from 'node:fs';
import type { RepositoryView, ShipView } from '@kova/control/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inStore } from './testing/books.ts';
import { TestKova } from './testing/kova.ts';
import { TestRemote } from './testing/remote.ts';

let kova: TestKova;
let remote: TestRemote;
let first: string;
beforeAll(async () => {
  kova = await TestKova.start();
  remote = new TestRemote(kova);
  first = remote.push({ text: 'before' });
  await remote.connect({ provider: 'git', pollMs: 1000 });
});
afterAll(() => kova.close());

const show = () => kova.call<RepositoryView>('GET', '/v1/projects/shop/repository');
const becomesLive = (commit: string) =>
  kova.until(
    () => kova.get(),
    ({ release }) => release === `rel_${commit.slice(0, 10)}`,
  );

test('a push that nobody told of is found and shipped once; what was there before is left alone', async () => {
  const commit = remote.push({ text: 'polled' });
  await becomesLive(commit);
  // Asked at least twice more.
  const next = remote.push({ text: 'polled again' });
  await becomesLive(next);
  const shipped = await inStore(kova.home, 'select commit_sha from ships order by position');
  expect(shipped.map((row) => row.commit_sha)).toEqual([commit, next]);
  expect((await show()).triggers.map(({ source, state }) => `${source} ${state}`)).toEqual([
    'poll started',
    'poll started',
  ]);
  expect(shipped.map((row) => row.commit_sha)).not.toContain(first);
});

test('a branch that goes back to an earlier commit ships that one again', async () => {
  const good = (await kova.get()).release;
  const bad = remote.push({ text: 'regretted' });
  await becomesLive(bad);
  const [row] = await inStore(kova.home, `select commit_sha from releases where id = '${good}'`);
  remote.move(String(row!.commit_sha));
  await becomesLive(String(row!.commit_sha));
});

test('a remote that is away is said, and asked again when it is back', async () => {
  renameSync(remote.path, `${remote.path}.away`);
  const { pollProblem } = await kova.until(show, (view) => view.pollProblem !== null);
  expect(pollProblem).toContain('could not be read');
  renameSync(`${remote.path}.away`, remote.path);
  const commit = remote.push({ text: 'back' });
  await becomesLive(commit);
  expect((await show()).pollProblem).toBeNull();
});

test('after kova repository disconnect nothing is asked any more', async () => {
  await kova.call('POST', '/v1/projects/shop/repository/disconnect');
  await expect(show()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const ships = await inStore(kova.home, 'select id from ships');
  expect(ships.length).toBeGreaterThan(0);
  const view = await kova.call<ShipView>('GET', `/v1/ships/${String(ships[0]!.id)}`);
  expect(view.state).toBe('done');
});
