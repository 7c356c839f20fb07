import { readdirSync, readFileSync } from 'node:fs';
import type { RunView, StatusView, WorkerView } from '@kova/control/api';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { node } from './testing/app.ts';
import { inStore } from './testing/books.ts';
import { runKova } from './testing/command.ts';
import { TestKova } from './testing/kova.ts';
import { TestWorker } from './testing/worker.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let kova: TestKova;
let workers: TestWorker[] = [];
/** Runs no jobs itself, so that all are the workers'. */
beforeAll(async () => {
  kova = await TestKova.start({ KOVA_JOBS: '0' });
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  workers = [];
});
afterAll(() => kova.close());

async function start(...args: string[]): Promise<TestWorker> {
  const worker = await TestWorker.start(kova, ...args);
  workers.push(worker);
  return worker;
}

const jobs = (text: string) => `{ use: 'none', jobs: ${text} }`;
const show = (run: string) => kova.call<RunView>('GET', `/v1/runs/${run}`);
const stateOf = (run: RunView, name: string) => run.jobs.find((job) => job.name === name)?.state;
const listed = () => kova.call<WorkerView[]>('GET', '/v1/workers');

/** How many processes have these words as their command line. */
function running(...words: string[]): number {
  const wanted = `${words.join('\0')}\0`;
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === wanted;
    } catch {
      return false;
    }
  }).length;
}

/** A command that goes on until the file is there. */
const until = (file: string) =>
  node(`const i = setInterval(() => { if (require('fs').existsSync('${kova.home}/${file}')) clearInterval(i); }, 50)`);

test('two workers share the jobs of a run, each as many as it may', async () => {
  const pair = [await start('--concurrency', '1'), await start('--concurrency', '1')];
  const commit = await kova.send({
    text: 'shared',
    pipeline: jobs(
      `{ one: { run: [${until('shared')}] }, two: { run: [${until('shared')}] }, three: { run: [], needs: ['one', 'two'] } }`,
    ),
  });
  const run = await kova.prove(commit);
  const both = await kova.until(
    () => show(run),
    (view) => stateOf(view, 'one') === 'running' && stateOf(view, 'two') === 'running',
  );
  const takers = both.jobs.slice(0, 2).map(({ worker }) => worker);
  expect([...takers].sort()).toEqual(pair.map(({ id }) => id).sort());
  expect(await listed()).toMatchObject([
    { control: true, concurrency: 0, jobs: [] },
    ...pair.map(({ id }) => ({ id, control: false, concurrency: 1, labels: [], jobs: [{ run }] })),
  ]);
  kova.write('shared');
  expect(await kova.proved(run)).toMatchObject({ state: 'passed' });
  expect((await runKova(['worker', 'list'], kova.env)).out).toContain(pair[0]!.id);
});

test('a job waits for a worker with its label, says so, and goes on when one comes', async () => {
  const other = await start('--label', 'arm');
  const commit = await kova.send({
    text: 'labelled',
    pipeline: jobs(`{ train: { run: [${node('console.log(6 * 7)')}], worker: 'gpu' } }`),
  });
  const run = await kova.prove(commit);
  const why = 'no worker has the label gpu; start one with `kova worker --label gpu`';
  const waiting = await kova.until(
    () => show(run),
    ({ jobs: [job] }) => job?.reason === why,
  );
  expect(waiting.jobs[0]).toMatchObject({ state: 'waiting', worker: null });
  const gpu = await start('--label', 'gpu');
  const ended = await kova.proved(run);
  expect(ended.jobs[0]).toMatchObject({ state: 'passed', worker: gpu.id });
  expect(other.lines.join('\n')).not.toContain('train');
  expect((await kova.call<StatusView>('GET', '/v1/status')).workers.map(({ labels }) => labels)).toContainEqual([
    'gpu',
  ]);
});

test('a run whose job nobody takes can be cancelled', async () => {
  const commit = await kova.send({
    text: 'lonely',
    pipeline: jobs(`{ train: { run: [${node('0')}], worker: 'tpu' } }`),
  });
  const run = await kova.prove(commit);
  await kova.until(
    () => show(run),
    (view) => stateOf(view, 'train') === 'waiting',
  );
  await kova.call('POST', `/v1/runs/${run}/cancel`, { by: 'ada' });
  expect(await kova.proved(run)).toMatchObject({
    state: 'cancelled',
    jobs: [{ state: 'skipped', reason: 'cancelled by ada' }],
  });
});

test('kill -9 of a worker in mid-job: the job is begun elsewhere when nothing of it runs any more, what had ended is not', async () => {
  const first = await start('--concurrency', '1');
  const counting = (name: string) => `require('fs').appendFileSync('${kova.home}/${name}', 'x')`;
  for (const name of ['counted-a', 'counted-b']) kova.write(name, 0o666);
  const commit = await kova.send({
    text: 'killed',
    pipeline: jobs(`{
      a: { run: [${node(counting('counted-a'))}], cache: false },
      b: { run: [${node(`${counting('counted-b')}; require('child_process').spawnSync('sleep', [require('fs').existsSync('${kova.home}/again') ? '0' : '7411'])`)}], needs: ['a'], cache: false },
    }`),
  });
  const run = await kova.prove(commit);
  await kova.until(
    async () => running('sleep', '7411'),
    (count) => count === 1,
  );
  const before = await show(run);
  const second = await start('--concurrency', '1');
  kova.write('again');
  const killedAt = Date.now();
  await first.kill();
  const again = await kova.until(
    () => show(run),
    (view) => view.jobs[1]?.worker === second.id,
  );
  expect(running('sleep', '7411')).toBe(0);
  expect(Date.now() - killedAt).toBeLessThan(15_000);
  const ended = await kova.proved(run);
  expect(ended.state).toBe('passed');
  expect(again.jobs[0]).toMatchObject({ state: 'passed', worker: first.id, startedAt: before.jobs[0]!.startedAt });
  expect(readFileSync(`${kova.home}/counted-a`, 'utf8')).toBe('x');
  expect(readFileSync(`${kova.home}/counted-b`, 'utf8')).toBe('xx');
  expect((await listed()).map(({ id }) => id)).not.toContain(first.id);
  const [{ takes } = {}] = await inStore(kova.home, `select takes from jobs where run = '${run}' and name = 'b'`);
  expect(takes).toBe(2);
});

test('SIGTERM: a worker ends what ends in time, takes no more, and hands the rest back', async () => {
  const first = await start('--concurrency', '2', '--grace', '3');
  const commit = await kova.send({
    text: 'stopped',
    pipeline: jobs(`{ soon: { run: [${until('soon')}] }, long: { run: [${until('long')}] } }`),
  });
  const run = await kova.prove(commit);
  await kova.until(
    () => show(run),
    ({ jobs: both }) => both.length === 2 && both.every(({ state }) => state === 'running'),
  );
  const stopped = first.stop();
  await kova.until(
    async () => first.lines.join('\n'),
    (said) => said.includes('takes no more jobs; waits for soon, long') || said.includes('waits for long, soon'),
  );
  kova.write('soon');
  expect(await stopped).toBe(0);
  expect(first.lines.at(-1)).toBe('handed back long; ended');
  const back = await show(run);
  expect(stateOf(back, 'soon')).toBe('passed');
  expect(back.jobs.find(({ name }) => name === 'long')).toMatchObject({ state: 'waiting' });
  kova.write('long');
  const second = await start();
  const ended = await kova.proved(run);
  expect(ended.jobs.map(({ worker }) => worker)).toEqual([first.id, second.id]);
  expect(ended.state).toBe('passed');
});

test('a worker without a Kova to join says what to do', async () => {
  const nowhere = { env: { ...kova.env, KOVA_HOME: `${kova.home}/nowhere` } };
  await expect(TestWorker.start(nowhere)).rejects.toThrow('there is no Kova in');
});
