import type { WorkerView } from '@kova/control/api';
import { formatDuration } from '@kova/core/config/duration';
import { renderTable } from './table.ts';

const headers = ['WORKER', 'HOST', 'PID', 'LABELS', 'TAKES', 'AT WORK', 'HEARD OF'];

export function workerTable(workers: readonly WorkerView[]): string {
  return renderTable(headers, workers.map(row));
}

function row({ id, host, pid, labels, concurrency, control, jobs, silentMs }: WorkerView): string[] {
  return [
    control ? `${id} (control plane)` : id,
    host,
    String(pid),
    labels.join(', ') || '–',
    concurrency === null ? 'a share of the cores' : String(concurrency),
    jobs.map(({ run, name }) => `${run}/${name}`).join(', ') || '–',
    `${formatDuration(Math.floor(silentMs / 1000) * 1000).replace(/^0 ms$/, '0 s')} ago`,
  ];
}
