import { parseConfig } from '@kova/core/config/parse';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { forgetImages, imageOf, recordImage, unneededImages } from './images.ts';
import { recordRelease } from './releases.ts';
import { createRun } from './runs.ts';

const config = parseConfig({ name: 'shop', app: { start: 'node server.mjs' }, environments: { production: {} } });
let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
  await database.db.insertInto('projects').values({ name: 'shop' }).execute();
});
afterEach(() => database.drop());

const commit = (mark: string) => mark.repeat(40);

async function madeBy(run: string, mark: string, id: string): Promise<void> {
  await createRun(database.db, { id: run, project: 'shop', commit: commit(mark), jobs: null });
  await recordImage(database.db, { run, id, reference: `registry.example.com/shop@${id}` });
  await database.db
    .updateTable('images')
    .set({ created_at: new Date(0) })
    .where('run', '=', run)
    .execute();
}

async function released(run: string, mark: string): Promise<string> {
  const info = { sha: commit(mark), message: mark, author: 'ada', committedAt: new Date() };
  const built = { config, artefact: { digest: `sha256:${mark}`, bytes: 1 }, commit: info };
  return recordRelease(database.db, 'shop', built, { run, image: await imageOf(database.db, run) });
}

test('images of releases that are kept are needed, whichever run made the same one again', async () => {
  const { db } = database;
  await madeBy('run_a', 'a', 'id-a');
  await madeBy('run_a2', 'a', 'id-a');
  await madeBy('run_b', 'b', 'id-b');
  await madeBy('run_by_hand', 'c', 'id-c');
  const [a, b] = [await released('run_a', 'a'), await released('run_b', 'b')];
  expect((await unneededImages(db, [a, b])).sort()).toEqual(['id-c']);
  expect((await unneededImages(db, [a])).sort()).toEqual(['id-b', 'id-c']);
  expect((await unneededImages(db, [])).sort()).toEqual(['id-a', 'id-b', 'id-c']);
  await forgetImages(db, ['id-c']);
  expect(await unneededImages(db, [a])).toEqual(['id-b']);
});

test('one that was just made may be of a release that is not recorded yet', async () => {
  const { db } = database;
  await madeBy('run_a', 'a', 'id-a');
  await createRun(db, { id: 'run_a2', project: 'shop', commit: commit('a'), jobs: null });
  await recordImage(db, { run: 'run_a2', id: 'id-a', reference: 'id-a' });
  expect(await unneededImages(db, [])).toEqual([]);
});

test('a release has the image that its run made, and one without keeps none', async () => {
  const { db } = database;
  await madeBy('run_a', 'a', 'id-a');
  await createRun(db, { id: 'run_b', project: 'shop', commit: commit('b'), jobs: null });
  const images = await Promise.all(
    [await released('run_a', 'a'), await released('run_b', 'b')].map(async (id) => {
      return (await db.selectFrom('releases').select('image').where('id', '=', id).executeTakeFirstOrThrow()).image;
    }),
  );
  expect(images).toEqual(['registry.example.com/shop@id-a', null]);
});
