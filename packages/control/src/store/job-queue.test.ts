import { parseConfig } from '@kova/core/config/parse';
import { completeJob } from '@kova/core/pipeline/job';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { type Executor, enrol, forgetExecutor } from './executors.ts';
import { endTakenJob, neededKeys, openJobs, skipDependents, type TakenJob, takeJobs } from './job-queue.ts';
import { addJobs, jobsOf, lastDurations } from './jobs.ts';
import { createRun } from './runs.ts';

const config = parseConfig({ name: 'shop', app: { start: 'node server.mjs' } });
let database: TestDatabase;
let run: string;
beforeEach(async () => {
  database = await testDatabase();
  await database.db.insertInto('projects').values({ name: 'shop' }).execute();
  run = await createRun(database.db, { project: 'shop', commit: 'a'.repeat(40), jobs: null });
});
afterEach(() => database.drop());

async function executor(id: string, wish: Partial<Executor> = {}): Promise<Executor> {
  const made = { id, host: 'one', pid: 1, labels: [], concurrency: 100, ...wish };
  await enrol(database.db, made);
  return made;
}

/** Jobs by name, with what they need, in an order that can run. */
async function open(
  graph: Record<string, string[]>,
  worker: string | null = null,
  last: string[] = [],
  took: ReadonlyMap<string, number> = new Map(),
): Promise<void> {
  const jobs = Object.entries(graph).map(([name, needs]) => {
    const job = completeJob({ run: [['true']], needs, worker });
    const after = last.includes(name) ? Object.keys(graph).filter((other) => !last.includes(other)) : [];
    return { spec: { name, job, needs, after, values: {} }, key: `key-${name}` };
  });
  await addJobs(database.db, run, config, jobs, took);
  await openJobs(database.db, run);
}

const take = (who: Executor, limit = 100, cores = 2) => takeJobs(database.db, who, limit, cores);
const passed = { state: 'passed', reason: 'done', changes: {} } as const;
const end = (job: TakenJob, who: Executor) => endTakenJob(database.db, job, who.id, passed);
const names = (jobs: readonly TakenJob[]) => jobs.map(({ name }) => name);
const states = async () => Object.fromEntries((await jobsOf(database.db, run)).map(({ name, state }) => [name, state]));

test('a job can be taken when all that it needs has passed, once, in the order of the graph', async () => {
  const [a, b] = [await executor('a'), await executor('b')];
  await open({ install: [], lint: ['install'], test: ['install'], all: ['lint', 'test'] });
  const [install] = await take(a);
  expect(install).toMatchObject({ name: 'install', key: 'key-install', takes: 1 });
  expect(await take(b)).toEqual([]);
  expect(await end(install!, a)).toEqual({ landed: true, freed: 2 });
  const [lint, ...rest] = await take(b);
  expect(names([lint!, ...rest])).toEqual(['lint', 'test']);
  expect(await end(lint!, b)).toEqual({ landed: true, freed: 0 });
  expect(await end(rest[0]!, b)).toEqual({ landed: true, freed: 1 });
  expect(names(await take(a))).toEqual(['all']);
  expect(await neededKeys(database.db, run, 'all')).toEqual(['key-install', 'key-lint', 'key-test']);
});

test('what only waits for the end of others can be taken when they have ended, whatever came of them', async () => {
  const a = await executor('a');
  await open({ good: [], bad: [], beside: ['bad'], load: [] }, null, ['load']);
  const [bad, good] = await take(a);
  expect(await end(good!, a)).toEqual({ landed: true, freed: 0 });
  const failed = { state: 'failed', reason: 'no', changes: {} } as const;
  expect(await endTakenJob(database.db, bad!, a.id, failed)).toEqual({ landed: true, freed: 0 });
  expect(await take(a)).toEqual([]);
  expect(await skipDependents(database.db, run, 'bad')).toBe(1);
  expect(names(await take(a))).toEqual(['load']);
  expect(await neededKeys(database.db, run, 'load')).toEqual([]);
});

test('an end that is recorded twice, or after its executor was declared dead, counts once and for who has the job', async () => {
  const [a, b] = [await executor('a'), await executor('b')];
  await open({ one: [], two: ['one'] });
  const [one] = await take(a);
  await forgetExecutor(database.db, 'a');
  expect(await states()).toEqual({ one: 'waiting', two: 'waiting' });
  expect(await take(a)).toEqual([]);
  const [again] = await take(b);
  expect(again).toMatchObject({ name: 'one', takes: 2 });
  expect(await end(one!, a)).toEqual({ landed: false, freed: 0 });
  expect(await end(again!, b)).toEqual({ landed: true, freed: 1 });
  expect(await end(again!, b)).toEqual({ landed: false, freed: 0 });
  expect(await states()).toEqual({ one: 'passed', two: 'waiting' });
});

test('whoever takes at once, each job is taken by one; whoever ends at once, what they hold up is freed once', async () => {
  const all = await Promise.all([0, 1, 2, 3].map((n) => executor(`e${n}`, { host: `host${n}` })));
  const wide = Array.from({ length: 60 }, (_, n) => `j${n}`);
  await open({ ...Object.fromEntries(wide.map((name) => [name, []])), x: wide, y: wide.toReversed() });
  const taken = (await Promise.all(all.flatMap((who) => [take(who, 20), take(who, 20)]))).flat();
  expect(names(taken).sort()).toEqual([...wide].sort());
  const holders = new Map((await jobsOf(database.db, run)).map((row) => [row.name, row.executor ?? '']));
  const ends = await Promise.all(
    taken.map((job) => endTakenJob(database.db, job, holders.get(job.name) ?? '', passed)),
  );
  expect(ends.every(({ landed }) => landed)).toBe(true);
  expect(ends.reduce((sum, { freed }) => sum + freed, 0)).toBe(2);
  expect(names(await take(all[0]!)).sort()).toEqual(['x', 'y']);
});

test('without numbers of their own, the processes of a machine take as many jobs as it has cores', async () => {
  const shared = { concurrency: null };
  const [a, b, elsewhere] = [
    await executor('a', shared),
    await executor('b', shared),
    await executor('c', { ...shared, host: 'two' }),
  ];
  await open({ j1: [], j2: [], j3: [], j4: [], j5: [], j6: [] });
  const [first, second] = await Promise.all([take(a), take(b)]);
  expect(first!.length + second!.length).toBe(2);
  expect(await take(elsewhere)).toHaveLength(2);
  const own = await executor('d', { concurrency: 1 });
  expect(await take(own, 1)).toHaveLength(1);
  expect(await take(a)).toEqual([]);
});

test('a job with a label is taken by who has it only', async () => {
  await open({ train: [] }, 'gpu');
  expect(await take(await executor('plain'))).toEqual([]);
  expect(names(await take(await executor('gpu', { labels: ['arm', 'gpu'] })))).toEqual(['train']);
});

test('what needs a job that did not pass, directly or not, is skipped', async () => {
  await executor('a');
  await open({ a: [], b: ['a'], c: ['b'], other: [] });
  await skipDependents(database.db, run, 'a');
  expect(await states()).toEqual({ a: 'waiting', b: 'skipped', c: 'skipped', other: 'waiting' });
});

test('where fewer can be at work than could, the one with the longest way to the end is taken first, an earlier run before a later one', async () => {
  const one = await executor('a');
  const took = new Map(Object.entries({ install: 5, lint: 1, build: 2, test: 9 }));
  const graph = { install: [], lint: ['install'], build: ['install'], test: ['build'] };
  await open(graph, null, [], took);
  const [install] = await take(one);
  run = await createRun(database.db, { project: 'shop', commit: 'b'.repeat(40), jobs: null });
  await open({ later: [] }, null, [], new Map([['later', 100]]));
  await end(install!, one);
  const order: string[] = [];
  for (let [next] = await take(one, 1); next; [next] = await take(one, 1)) {
    order.push(next.name);
    await end(next, one);
  }
  expect(order).toEqual(['build', 'test', 'lint', 'later']);
});

test('how long a job took is known from the last time that it passed and was run, of this project', async () => {
  const one = await executor('a');
  for (const _ of [1, 2]) {
    run = await createRun(database.db, { project: 'shop', commit: 'b'.repeat(40), jobs: null });
    await open({ quick: [], never: [] });
    for (const job of await take(one)) if (job.name === 'quick') await end(job, one);
  }
  const took = await lastDurations(database.db, 'shop', ['quick', 'never', 'unknown']);
  expect([...took.keys()]).toEqual(['quick']);
  expect(took.get('quick')).toBeGreaterThan(0);
  expect(took.get('quick')).toBeLessThan(10_000);
  expect(await lastDurations(database.db, 'other', ['quick'])).toEqual(new Map());
});

test('a choosy one takes what has its label and nothing else', async () => {
  const choosy = { ...(await executor('control', { labels: ['kova-control'] })), choosy: true };
  await open({ install: [] });
  expect(await take(choosy)).toEqual([]);
  run = await createRun(database.db, { project: 'shop', commit: 'b'.repeat(40), jobs: null });
  await open({ 'build-image': [] }, 'kova-control');
  expect(names(await take(choosy))).toEqual(['build-image']);
});
