import type { LighthouseResult } from './measure.ts';

/** The median of each category's score over some runs of a page, from 0 to 1; a category without scores is left out. */
export function medianScores(runs: readonly LighthouseResult[]): Record<string, number> {
  const scores: Record<string, number> = {};
  for (const id of Object.keys(runs[0]?.categories ?? {})) {
    const median = medianOf(runs.flatMap(({ categories }) => categories[id]?.score ?? []));
    if (median !== null) scores[id] = median;
  }
  return scores;
}

function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
