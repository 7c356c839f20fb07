import { hostname } from 'node:os';
import { processStart } from '../home/process-start.ts';
import type { Executor } from '../store/executors.ts';

/** This process as an executor. Its id ends with its start time, so that a reused pid is not mistaken for it. */
export async function thisProcess(wish: Pick<Executor, 'labels' | 'concurrency'>): Promise<Executor> {
  const { labels, concurrency } = wish;
  const start = await processStart(process.pid);
  return { id: `${hostname()}-${process.pid}-${start}`, host: hostname(), pid: process.pid, labels, concurrency };
}
