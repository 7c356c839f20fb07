import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { liftNumber } from '../routing/catch-up.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { connectStore, type Store } from './connect.ts';
import { emptyReport } from './edge-report.ts';
import { edgeSecrets, sealedEdgeSecret } from './edge-secrets.ts';
import { allEdges, askedDrains, enrolEdge, reportEdge } from './edges.ts';
import { requireMigrated } from './migrate.ts';
import { sharedContent, sharedFiles } from './shared-assets.ts';

let database: TestDatabase;
let edge: Store;
beforeEach(async () => {
  database = await testDatabase();
  edge = connectStore(await database.asEdge());
});
afterEach(async () => {
  await edge.destroy();
  await database.drop();
});

test('the user of edges may do what an edge that follows does', async () => {
  const self = { name: 'b', id: 'first', address: '127.0.0.2:80' };
  await requireMigrated(edge);
  expect(await enrolEdge(edge, self, 5000)).toBe(true);
  expect(await reportEdge(edge, self, emptyReport)).toBe(true);
  expect(await allEdges(edge)).toHaveLength(1);
  await edge.selectFrom('environments').select('route').where('route', 'is not', null).execute();
  await liftNumber(edge, { project: 'shop', environment: 'production' }, 7);
  await askedDrains(edge);
  await edgeSecrets(edge);
  await sealedEdgeSecret(edge, { kind: 'certificate', name: 'shop/production', digest: '' });
  await sharedFiles(edge, { project: 'shop', environment: 'production', release: 'rel_1' });
  await sharedContent(edge, '');
});

test.each([
  'select * from secrets',
  'select * from certificates',
  'select * from acme_accounts',
  'select * from deployments',
  'select live_deployment from environments',
  'update environments set blue_weight = 100',
  'update environments set route = null',
  "insert into edge_secrets (kind, name, digest, sealed) values ('certificate', 'a', 'b', 'c')",
  'delete from edges',
  'delete from asset_contents',
  'create table mine (id text)',
])('and nothing else: %s', async (statement) => {
  await expect(sql.raw(statement).execute(edge)).rejects.toMatchObject({ code: '42501' });
});
