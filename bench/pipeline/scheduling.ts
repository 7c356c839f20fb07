import type { TestKova } from '../../e2e/testing/kova.ts';
import { type Figure, figure } from '../result.ts';
import { endOf } from './follow.ts';

/** Jobs that do nothing but are as durable as any: what it takes to queue, start, judge and end one. */
export async function scheduling(kova: TestKova, count: number): Promise<Figure[]> {
  const numbers = JSON.stringify(Array.from({ length: count }, (_, index) => String(index)));
  const pipeline = `{ use: 'none', jobs: { empty: { run: [], matrix: { N: ${numbers} } } } }`;
  const commit = await kova.send({ text: `${count} empty jobs`, pipeline });
  const id = await kova.prove(commit);
  const run = await endOf(kova, id);
  const passed = run.jobs.filter(({ state }) => state === 'passed').length;
  if (passed !== count) throw new Error(`${passed} of ${count} passed: ${run.reason}`);
  const took = Date.parse(run.endedAt ?? '') - Date.parse(run.createdAt);
  const note = `${count} jobs without commands in ${Math.round(took)} ms, the configuration read and each job recorded at every step`;
  return [figure('pipeline.job_ms', took / count, 'ms', count, note)];
}
