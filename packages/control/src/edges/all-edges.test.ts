import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '@kova/core/secret';
import type { Route } from '@kova/core/traffic/route';
import { ensureEdge, stopEdge } from '@kova/edge/launch';
import { makeAuthority } from '@kova/edge/testing/authority';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { edgeAt } from '../edge-port.ts';
import { createSeal } from '../home/seal.ts';
import type { Edge } from '../ports/edge.ts';
import { Bell } from '../store/bell.ts';
import { type EdgeReport, emptyReport } from '../store/edge-report.ts';
import { edgeSecrets } from '../store/edge-secrets.ts';
import { askedDrains, enrolEdge, reportEdge } from '../store/edges.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { AllEdges } from './all-edges.ts';
import { Followers, lostMs } from './followers.ts';

const b = { name: 'b', id: 'first', address: '127.0.0.2:80' };
let dir: string;
let own: Edge;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kova-all-edges-'));
  const { socketPath, listen } = await ensureEdge({ dir, listen: ['127.0.0.1:0'] });
  own = edgeAt(socketPath, listen[0] ?? '');
});
afterAll(async () => {
  await stopEdge(dir, { drainMs: 0 });
  await rm(dir, { recursive: true, force: true });
});

let database: TestDatabase;
let bell: Bell;
let edges: AllEdges;
beforeEach(async () => {
  database = await testDatabase();
  bell = new Bell(database.url);
  bell.open();
  const { db } = database;
  edges = new AllEdges({ own, db, followers: new Followers(db, bell), seal: createSeal(new Secret('a key of edges')) });
});
afterEach(async () => {
  await bell.close();
  await database.drop();
});

/** Another edge, which has in force what is told here. */
async function following(told: Partial<EdgeReport>): Promise<void> {
  await enrolEdge(database.db, b, lostMs);
  await reportEdge(database.db, b, { ...emptyReport, serving: true, ...told });
}

let version = 0;
function nextRoute(): Route {
  version += 1;
  return {
    ...{ id: 'shop/production', hosts: ['shop.localhost'], version, slots: [], assets: null, sticky: true },
    health: { path: '/', intervalMs: 1000, timeoutMs: 1000, unhealthyAfter: 1, healthyAfter: 1 },
    ...{ idleTokenHash: null, limits: { bodyBytes: 1, responseTimeoutMs: 1 } },
  };
}

const isPending = (work: Promise<unknown>) => Promise.race([work.then(() => false), sleep(700, true, { ref: false })]);

test('a route is in force when the own edge and the other one have it', async () => {
  await following({});
  const route = nextRoute();
  const putting = edges.putRoute(route);
  expect(await isPending(putting)).toBe(true);
  expect((await own.routes()).map((each) => each.version)).toEqual([route.version]);
  await following({ routes: { [route.id]: route.version } });
  await putting;
});

test('an edge that is lost meanwhile is waited for no longer', async () => {
  await following({});
  const putting = edges.putRoute(nextRoute());
  expect(await isPending(putting)).toBe(true);
  await following({ serving: false });
  await putting;
});

test('without others nothing is asked of the store', async () => {
  await edges.putRoute(nextRoute());
  const authority = await makeAuthority();
  const pair = await authority.issue(['shop.localhost']);
  const { fingerprint } = await edges.putCertificate('shop/production', pair);
  expect((await edges.certificates()).map((each) => each.fingerprint)).toEqual([fingerprint]);
  expect(await edgeSecrets(database.db)).toEqual([]);
});

test('a certificate that was there before the other edge counts as missing, and is then given sealed', async () => {
  const pair = await (await makeAuthority()).issue(['shop.localhost']);
  await edges.putCertificate('shop/production', pair);
  await following({});
  expect(await edges.certificates()).toEqual([]);
  const giving = edges.putCertificate('shop/production', pair);
  expect(await isPending(giving)).toBe(true);
  const [given] = await edgeSecrets(database.db);
  await following({ secrets: { 'certificate shop/production': given?.digest ?? '' } });
  await giving;
  expect(await edges.certificates()).toHaveLength(1);
  const { rows } = await database.db.executeQuery<{ sealed: string }>(
    database.db.selectFrom('edge_secrets').select('sealed').compile(),
  );
  expect(rows[0]?.sealed).not.toContain('PRIVATE KEY');
});

test('a slot is drained when both say so, and nobody is asked twice', async () => {
  await following({});
  const draining = edges.drain('shop/production/blue', { spreadMs: 0, timeoutMs: 5000 });
  expect(await isPending(draining)).toBe(true);
  const [asked] = await askedDrains(database.db);
  await following({ drains: { [asked?.id ?? '']: { drained: false, inFlight: 2 } } });
  expect(await draining).toEqual({ drained: false, inFlight: 2 });
  expect(await askedDrains(database.db)).toEqual([]);
});

test('what serves nothing at the other edge is told by its name', async () => {
  await following({});
  expect(await edges.served('shop.localhost', '/')).toEqual([
    { by: 'the edge', release: null },
    { by: 'edge b', release: null },
  ]);
});
