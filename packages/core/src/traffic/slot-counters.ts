import { z } from 'zod';

/**
 * Upper bounds of the latency buckets in milliseconds; the last bucket is open.
 * Fine enough near the usual limits that a p95 read off them is off by a tenth at most.
 */
export const latencyBoundsMs = [
  1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100, 120, 140, 160, 180, 200, 230, 260, 300, 350, 400, 450,
  500, 600, 700, 800, 900, 1000, 1200, 1400, 1600, 1800, 2000, 2500, 3000, 4000, 5000, 7500, 10000, 15000, 30000, 60000,
] as const;

/** What the edge has counted for one slot since `epoch`; all counters only grow while `epoch` stays. */
export const slotCountersSchema = z.strictObject({
  slot: z.string(),
  release: z.string(),
  /** Changes when the edge restarts or the slot gets another release: counters began at zero again. */
  epoch: z.string(),
  /** Answered or broken off, requests to the idle slot by header not counted. */
  requests: z.int(),
  /** 5xx answers of the instances and requests that got no answer from them. */
  errors: z.int(),
  inFlight: z.int(),
  /** One count per bound of `latencyBoundsMs` plus the open last bucket. */
  latency: z.array(z.int()).length(latencyBoundsMs.length + 1),
  unhealthyInstances: z.array(z.string()),
});

export type SlotCounters = z.infer<typeof slotCountersSchema>;
