import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestKova } from '../../e2e/testing/kova.ts';
import { type Figure, figure } from '../result.ts';

const settleMs = 5000;

/** Time to ready with an existing home, and what control plane and edge hold resident when nothing happens. */
export async function idle(kova: TestKova): Promise<Figure[]> {
  const times: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    kova.killControl();
    const began = performance.now();
    await kova.up();
    times.push(performance.now() - began);
  }
  await delay(settleMs);
  const { pid } = JSON.parse(readFileSync(join(kova.home, 'edge/edge.json'), 'utf8')) as { pid: number };
  const megabytes = [kova.control.pid, pid].map(residentMb);
  return [
    figure('ship.up_ms', Math.max(...times), 'ms', times.length, 'worst; the edge and Postgres were still running'),
    figure(
      'ship.idle_rss_mb',
      (megabytes[0] ?? 0) + (megabytes[1] ?? 0),
      'MB',
      1,
      `control plane ${megabytes[0]}, edge ${megabytes[1]}`,
    ),
  ];
}

function residentMb(pid: number): number {
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return Math.round(kilobytes / 1024);
}
