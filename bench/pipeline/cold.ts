import { availableParallelism } from 'node:os';
import { beside, type Figure, figure } from '../result.ts';
import { longestPathByHand } from './bare.ts';
import { bestMakespan } from './schedule.ts';
import { requireDone, type Shop } from './shop.ts';

/** The last of the jobs on the longest path of the storefront; it needs the others on it. */
const last = 'performance-audit';

/**
 * Nothing is known of any job: the longest path alone beside its commands by hand, then all jobs beside the best
 * schedule.
 */
export async function cold(shop: Shop, samples: number, say: (line: string) => void): Promise<Figure[]> {
  // npm downloads once, for both, and how long each job takes is known, as in any project that is at work.
  requireDone(await shop.prove());
  const own: number[] = [];
  const bare: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    bare.push(await longestPathByHand(shop));
    await shop.forget();
    const timed = await shop.prove(last);
    requireDone(timed);
    own.push(timed.wallMs);
    say(`  longest path: ${Math.round(own.at(-1) ?? 0)} ms, by hand ${Math.round(bare.at(-1) ?? 0)} ms`);
  }
  return [overhead(own, bare), ...(await makespan(shop))];
}

function overhead(own: readonly number[], bare: readonly number[]): Figure {
  const [mine, theirs] = [mean(own), mean(bare)];
  const note = `install → build → ${last}, from the command line: ${Math.round(mine)} ms; means of runs by turns`;
  return {
    ...beside('pipeline.overhead_pct', (mine / theirs - 1) * 100, 'by hand, ms', theirs, '%', own.length, note),
    ratio: mine / theirs,
  };
}

async function makespan(shop: Shop): Promise<Figure[]> {
  await shop.forget();
  const all = await shop.prove();
  requireDone(all);
  const { run, wallMs } = all;
  const tasks = run.jobs.map(({ name, needs, durationMs }) => ({ name, needs, ms: durationMs ?? 0 }));
  const machines = availableParallelism();
  const best = bestMakespan(tasks, machines);
  const took = Date.parse(run.endedAt ?? '') - Date.parse(run.createdAt);
  const told = tasks.map(({ name, ms }) => `${name} ${(ms / 1000).toFixed(1)} s`).join(', ');
  const note = `${Math.round(took)} ms for ${tasks.length} jobs at ${machines} at a time; their commands: ${told}`;
  return [
    beside('pipeline.makespan_ratio', took, 'best schedule, ms', best, '×', 1, note),
    figure('pipeline.cold_ms', wallMs, 'ms', 1, 'all jobs, from the command line'),
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
