import type { SlotCounters } from '../traffic/slot-counters.ts';

/** What was known of one slot at one moment. */
export interface Sample {
  /** Milliseconds on the sampler's clock. */
  at: number;
  counters: Pick<SlotCounters, 'epoch' | 'requests' | 'errors' | 'latency'>;
  unhealthy: number;
  instances: number;
  restarts: number;
}

/** What happened on a slot between two samples. */
export interface Span {
  requests: number;
  errors: number;
  latency: number[];
}

/** Appends a sample; a new epoch (the edge restarted, counters began at zero) begins a new series. */
export function append(samples: readonly Sample[], sample: Sample, keepMs: number): Sample[] {
  const same = samples.filter((old) => old.counters.epoch === sample.counters.epoch && old.at >= sample.at - keepMs);
  return [...same, sample];
}

/** The last `ms` of the series cut into `parts`; null when the series does not reach back so far. */
export function spans(samples: readonly Sample[], ms: number, parts: number): Span[] | null {
  const now = samples.at(-1)?.at;
  if (now === undefined) return null;
  const cuts = Array.from({ length: parts + 1 }, (_, index) => latestAt(samples, now - ms + (ms * index) / parts));
  const result: Span[] = [];
  for (const [index, end] of cuts.slice(1).entries()) {
    const start = cuts[index];
    if (!start || !end) return null;
    result.push(difference(start, end));
  }
  return result;
}

export function sum(parts: readonly Span[]): Span {
  return parts.reduce((total, part) => ({
    requests: total.requests + part.requests,
    errors: total.errors + part.errors,
    latency: total.latency.map((count, index) => count + (part.latency[index] ?? 0)),
  }));
}

function latestAt(samples: readonly Sample[], at: number): Sample | undefined {
  return samples.findLast((sample) => sample.at <= at);
}

function difference({ counters: start }: Sample, { counters: end }: Sample): Span {
  return {
    requests: end.requests - start.requests,
    errors: end.errors - start.errors,
    latency: end.latency.map((count, index) => count - (start.latency[index] ?? 0)),
  };
}
