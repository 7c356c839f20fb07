import { latencyBoundsMs } from '../traffic/slot-counters.ts';

/**
 * A quantile of a latency histogram in milliseconds, linear inside its bucket; null without observations.
 * The open last bucket answers its lower bound.
 */
export function quantile(counts: readonly number[], q: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = q * total;
  let below = 0;
  for (const [index, count] of counts.entries()) {
    if (count > 0 && below + count >= rank) {
      const lower = latencyBoundsMs[index - 1] ?? 0;
      const upper = latencyBoundsMs[index] ?? lower;
      return lower + (upper - lower) * ((rank - below) / count);
    }
    below += count;
  }
  return latencyBoundsMs.at(-1) ?? null;
}
