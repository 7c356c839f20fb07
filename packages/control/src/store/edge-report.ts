import { slotCountersSchema } from '@kova/core/traffic/slot-counters';
import { z } from 'zod';

export const edgeSecretKinds = ['certificate', 'http-challenge', 'alpn-challenge'] as const;
export type EdgeSecretKind = (typeof edgeSecretKinds)[number];

/** What the process beside an edge tells of it. */
export const edgeReportSchema = z.strictObject({
  /** Whether it takes users' requests: one that has ended is waited for by nobody. */
  serving: z.boolean(),
  /** Number of the recorded route that it has in force, by route. */
  routes: z.record(z.string(), z.int()),
  /** Digest of the content that it has in force, by `secretKey`. */
  secrets: z.record(z.string(), z.string()),
  /** By route. */
  counters: z.record(z.string(), z.array(slotCountersSchema)),
  /** By number of the drain; those that have ended. */
  drains: z.record(z.string(), z.strictObject({ drained: z.boolean(), inFlight: z.int() })),
  /** Why it is not in line with what is recorded. */
  problem: z.string().nullable(),
});
export type EdgeReport = z.infer<typeof edgeReportSchema>;

export const emptyReport: EdgeReport = {
  serving: false,
  routes: {},
  secrets: {},
  counters: {},
  drains: {},
  problem: null,
};

/** By which a report tells a certificate or challenge. */
export function secretKey({ kind, name }: { kind: EdgeSecretKind; name: string }): string {
  return `${kind} ${name}`;
}
