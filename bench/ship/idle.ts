import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestKova } from '../../e2e/testing/kova.ts';
import { type Figure, figure } from '../result.ts';

const idleMs = 15_000;

/** What control plane and edge hold resident after the work, when nothing has happened for a while. */
export async function idle(kova: TestKova): Promise<Figure[]> {
  await delay(idleMs);
  const edge = JSON.parse(readFileSync(join(kova.home, 'edge/edge.json'), 'utf8')) as { pid: number };
  const [control, front] = [memoryOf(kova.control.pid), memoryOf(edge.pid)];
  const told = ({ rss, anonymous, shared }: Memory) => `${rss} (${anonymous} its own, ${shared} of files)`;
  const note = `control plane ${told(control)}, edge ${told(front)}; 15 s after a score of ships and rollbacks`;
  return [figure('ship.idle_rss_mb', control.rss + front.rss, 'MB', 1, note)];
}

interface Memory {
  rss: number;
  anonymous: number;
  /** Pages of Node's binary, which all its processes have in common. */
  shared: number;
}

function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  return { rss: megabytes('VmRSS'), anonymous: megabytes('RssAnon'), shared: megabytes('RssFile') };
}
