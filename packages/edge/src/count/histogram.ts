import { latencyBoundsMs } from '@kova/core/traffic/slot-counters';

/** Latencies in milliseconds, counted by the buckets of `latencyBoundsMs` plus an open last one. */
export class LatencyHistogram {
  readonly buckets: number[] = new Array(latencyBoundsMs.length + 1).fill(0);
  sumMs = 0;

  observe(milliseconds: number): void {
    this.sumMs += milliseconds;
    const bucket = bucketOf(milliseconds);
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
  }
}

/** Index of the first bucket whose upper bound is not below the value. */
export function bucketOf(milliseconds: number): number {
  let low = 0;
  let high: number = latencyBoundsMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (milliseconds <= (latencyBoundsMs[middle] ?? Number.POSITIVE_INFINITY)) high = middle;
    else low = middle + 1;
  }
  return low;
}
