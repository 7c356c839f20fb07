const percentiles = [50, 75, 90, 95, 99, 99.9] as const;

/** Latencies of answers in milliseconds: `p50` to `p99.9` by nearest rank, and the slowest. Null without any. */
export type Latency = Record<string, number>;

export function latencyOf(times: Float64Array): Latency | null {
  if (times.length === 0) return null;
  const sorted = times.toSorted();
  const at = (percent: number) => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
  return {
    ...Object.fromEntries(percentiles.map((percent) => [`p${percent}`, round(at(percent))])),
    max: round(at(100)),
  };
}

const round = (ms: number) => Math.round(ms * 100) / 100;
