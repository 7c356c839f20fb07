import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { RunView } from '@kova/control/api';
import type { TestKova } from '../../e2e/testing/kova.ts';
import { beside, type Figure, figure } from '../result.ts';
import { endOf } from './follow.ts';

const cli = join(import.meta.dirname, '../../packages/cli/bin/kova.js');

/** Five processes share the jobs of a run; then two of five are killed with SIGKILL while they do. */
export async function workers(kova: TestKova, count: number): Promise<Figure[]> {
  const undisturbed = await withWorkers(kova, 5, () => shared(kova, count, async () => {}));
  const ideal = (count / 5) * 1000;
  const note = `${count} jobs of one second by 5 workers, one at a time each; each job in a directory and a checkout of its own`;
  const disturbed = await withWorkers(kova, 5, (all) =>
    shared(kova, count, async (run) => {
      await until(kova, run, (done) => done >= count / 4);
      for (const worker of all.slice(0, 2)) worker.kill('SIGKILL');
    }),
  );
  const twice = disturbed.run.jobs.filter(({ name }) => disturbed.ran.filter((each) => each === name).length > 1);
  const lost = disturbed.run.jobs.filter(({ state }) => state !== 'passed').length;
  const kept = `${disturbed.run.jobs.length - lost} of ${count} passed in ${Math.round(disturbed.ms)} ms; two of five killed after a quarter, ${twice.length} jobs begun anew`;
  return [
    beside('pipeline.workers.ratio', undisturbed.ms, 'ideal, ms', ideal, '×', 1, note),
    figure('pipeline.workers.lost', lost, 'jobs', count, kept),
  ];
}

interface Shared {
  run: RunView;
  ms: number;
  /** The names of the jobs in the order in which they were begun, again and again if need be. */
  ran: string[];
}

async function shared(kova: TestKova, count: number, meanwhile: (run: string) => Promise<void>): Promise<Shared> {
  const numbers = JSON.stringify(Array.from({ length: count }, (_, index) => String(index)));
  const job = `{ run: ['sleep 1'], cache: false, matrix: { N: ${numbers} } }`;
  const commit = await kova.send({ text: `${count} seconds`, pipeline: `{ use: 'none', jobs: { second: ${job} } }` });
  const id = await kova.prove(commit);
  const ran: string[] = [];
  const [run] = await Promise.all([
    endOf(kova, id, ({ state, job: name }) => {
      if (state === 'running') ran.push(name);
    }),
    meanwhile(id),
  ]);
  // From the first job that is begun: what comes before is the configuration.
  const began = Math.min(...run.jobs.map(({ startedAt }) => Date.parse(startedAt ?? '')));
  return { run, ran, ms: Date.parse(run.endedAt ?? '') - began };
}

async function until(kova: TestKova, run: string, enough: (done: number) => boolean): Promise<void> {
  await kova.until(
    () => kova.call<RunView>('GET', `/v1/runs/${run}`),
    ({ jobs }) => enough(jobs.filter(({ state }) => state === 'passed').length),
    300_000,
  );
}

/** The control plane itself takes no jobs meanwhile. */
async function withWorkers<T>(kova: TestKova, count: number, work: (all: ChildProcess[]) => Promise<T>): Promise<T> {
  kova.killControl();
  await kova.up({ KOVA_JOBS: '0' });
  const env = { ...kova.env, KOVA_URL: kova.control.url };
  const all = await Promise.all(
    Array.from({ length: count }, async () => {
      const argv = [cli, 'worker', '--concurrency', '1'];
      const worker = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'inherit'] });
      await once(worker.stdout, 'data');
      return worker;
    }),
  );
  try {
    return await work(all);
  } finally {
    await Promise.all(all.map(ended));
    kova.killControl();
    await kova.up();
  }
}

async function ended(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  worker.kill('SIGTERM');
  await once(worker, 'exit');
}
