import { parseConfig } from '@kova/core/config/parse';
import { completeJob } from '@kova/core/pipeline/job';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Bell } from '../store/bell.ts';
import { addJobs, endRecalled } from '../store/jobs.ts';
import { createRun, endRun } from '../store/runs.ts';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { runEvents } from './stream.ts';

/** Longer than the test may take. */
const never = 600_000;
let database: TestDatabase;
let bell: Bell;
let run: string;
beforeEach(async () => {
  database = await testDatabase();
  bell = new Bell(database.url);
  bell.open();
  const { db } = database;
  await db.insertInto('projects').values({ name: 'shop' }).execute();
  run = await createRun(db, { project: 'shop', commit: 'a'.repeat(40), jobs: ['lint'] });
  const pipeline = { use: 'none', jobs: { lint: { run: ['true'] } } };
  const config = parseConfig({ name: 'shop', app: { start: 'node server.mjs' }, pipeline });
  const job = completeJob({ run: [['true']] });
  await addJobs(db, run, config, [{ spec: { name: 'lint', job, needs: [], values: {} }, key: 'planned' }], new Map());
});
afterEach(async () => {
  await bell.close();
  await database.drop();
});

const recalled = { name: 'lint', key: 'kept', state: 'passed', reason: 'clean', code: null } as const;
const listen = (pollMs: number) =>
  runEvents({ db: database.db, bell }, run, new AbortController().signal, pollMs)[Symbol.asyncIterator]();

test('what happens to a run is told when the bell rings, here or in another process, and waits for no look', async () => {
  const events = listen(never);
  const first = events.next();
  await endRecalled(database.db, run, [recalled]);
  bell.ring(`run:${run}`);
  expect((await first).value).toMatchObject({ type: 'job', job: 'lint', state: 'passed', cached: true });
  const last = events.next();
  const told = last.then(({ value }) => value?.type);
  const other = new Bell(database.url);
  other.open();
  await endRun(database.db, run, 'passed', 'all is well');
  // Nobody hears it before it is connected.
  const ringing = setInterval(() => other.ring(`ended:${run}`), 20);
  expect(await told.finally(() => clearInterval(ringing))).toBe('run');
  expect((await last).value).toMatchObject({ run: { state: 'passed', jobs: [{ name: 'lint', key: 'kept' }] } });
  expect((await events.next()).done).toBe(true);
  await other.close();
});

test('a ring that was lost is made up for by a look', async () => {
  const events = listen(20);
  const first = events.next();
  await endRecalled(database.db, run, [recalled]);
  expect((await first).value).toMatchObject({ type: 'job', state: 'passed' });
});

test('what is known of a job ends it once, and not when it has ended otherwise', async () => {
  const { db } = database;
  await endRecalled(db, run, [recalled, { ...recalled, name: 'none' }]);
  await endRecalled(db, run, [{ ...recalled, state: 'failed', reason: 'again', code: 'JOB_FAILED' }]);
  const job = await db.selectFrom('jobs').selectAll().executeTakeFirstOrThrow();
  expect(job).toMatchObject({ state: 'passed', reason: 'clean', key: 'kept', cached: true, duration_ms: 0 });
  expect(job.ended_at).toBeInstanceOf(Date);
  const told = await db.selectFrom('job_events').select(['job', 'state', 'reason']).execute();
  expect(told).toEqual([{ job: 'lint', state: 'passed', reason: 'clean' }]);
});
