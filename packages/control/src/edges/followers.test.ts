import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { Bell } from '../store/bell.ts';
import { emptyReport } from '../store/edge-report.ts';
import { enrolEdge, forgetEdges, reportEdge } from '../store/edges.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { Followers, lostMs } from './followers.ts';

const b = { name: 'b', id: 'first', address: '127.0.0.2:80' };
let database: TestDatabase;
let bell: Bell;
let followers: Followers;
beforeEach(async () => {
  database = await testDatabase();
  bell = new Bell(database.url);
  bell.open();
  followers = new Followers(database.db, bell);
  await enrolEdge(database.db, b, lostMs);
});
afterEach(async () => {
  await bell.close();
  await database.drop();
});

const report = (routes: Record<string, number>, problem: string | null = null) =>
  reportEdge(database.db, b, { ...emptyReport, serving: true, routes, problem });
const silentFor = (ms: number) =>
  sql`update edges set heartbeat_at = now() - ${ms} * interval '1 millisecond'`.execute(database.db);
const hasTwo = () => followers.settled(({ routes }) => routes['shop/production'] === 2, 'route shop/production', 300);

test('an edge that has not caught up yet, or whose process has ended, is waited for by nobody', async () => {
  await hasTwo();
  expect((await followers.all()).map(({ lost }) => lost)).toEqual([true]);
});

test('one that lives is waited for, and one that stays behind is named with its reason', async () => {
  await report({ 'shop/production': 1 }, 'the disk is full');
  await expect(hasTwo()).rejects.toMatchObject({
    code: 'EDGE_UNAVAILABLE',
    message: 'route shop/production: behind is b (the disk is full)',
  });
  const waiting = followers.settled(({ routes }) => routes['shop/production'] === 2, 'route', 30_000);
  await report({ 'shop/production': 2 });
  await waiting;
});

test('a silent one is lost once the store was asked all the while, and not when nobody could be heard', async () => {
  await report({});
  await silentFor(60_000);
  expect(await followers.living()).toHaveLength(1);
  for (const until = performance.now() + lostMs + 500; performance.now() < until; await sleep(250))
    await followers.all();
  await silentFor(60_000);
  expect(await followers.living()).toEqual([]);
  await hasTwo();
  await report({});
  expect(await followers.living()).toHaveLength(1);
}, 20_000);

test('a name is taken over from an edge that is silent, and from no other; the one that had it is told', async () => {
  const other = { ...b, id: 'second', address: '127.0.0.3:80' };
  expect(await enrolEdge(database.db, other, lostMs)).toBe(false);
  expect(await enrolEdge(database.db, b, lostMs)).toBe(true);
  await silentFor(lostMs + 1000);
  expect(await enrolEdge(database.db, other, lostMs)).toBe(true);
  expect(await report({})).toBe(false);
});

test('one that is lost for good is forgotten', async () => {
  await silentFor(6 * 86_400_000);
  await forgetEdges(database.db, 7);
  expect(await followers.all()).toHaveLength(1);
  await silentFor(8 * 86_400_000);
  await forgetEdges(database.db, 7);
  expect(await followers.all()).toEqual([]);
});

test('while there is none the store is left alone, until one rings', async () => {
  await database.db.deleteFrom('edges').execute();
  await followers.look();
  expect(followers.expected).toBe(false);
  await enrolEdge(database.db, b, lostMs);
  const rung = bell.next('edge-reports', 30_000);
  const elsewhere = new Bell(database.url);
  elsewhere.open();
  onTestFinished(() => elsewhere.close());
  for (let heard = false; !heard; ) {
    elsewhere.ring('edge-reports');
    heard = await Promise.race([rung.then(() => true), sleep(50, false)]);
  }
  expect(followers.expected).toBe(true);
  await followers.look();
  expect(followers.expected).toBe(true);
});

test('one that rings while it is looked whether there is any is expected', async () => {
  await database.db.deleteFrom('edges').execute();
  const looking = followers.look();
  bell.ring('edge-reports');
  await looking;
  expect(followers.expected).toBe(true);
});

test('one whose ring was lost is waited for all the same', async () => {
  await database.db.deleteFrom('edges').execute();
  await followers.look();
  await enrolEdge(database.db, b, lostMs);
  await report({ 'shop/production': 1 });
  expect(followers.expected).toBe(false);
  await expect(hasTwo()).rejects.toMatchObject({ code: 'EDGE_UNAVAILABLE' });
  expect(followers.expected).toBe(true);
});
