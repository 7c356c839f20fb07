import { z } from 'zod';

export const edgeStatusSchema = z.strictObject({
  pid: z.int(),
  startTime: z.string(),
  bootId: z.string(),
  version: z.string(),
  /** Addresses that are really bound. */
  listen: z.array(z.string()),
  listenTls: z.array(z.string()).default([]),
  routes: z.array(z.strictObject({ id: z.string(), version: z.int(), paused: z.boolean() })),
});
export type EdgeStatus = z.infer<typeof edgeStatusSchema>;

export const drainStateSchema = z.strictObject({
  /** The slot has weight 0 or no route, and nothing is in flight. */
  drained: z.boolean(),
  inFlight: z.int(),
});
export type DrainState = z.infer<typeof drainStateSchema>;

const milliseconds = z.coerce.number().int().min(0).max(86_400_000);

export const timeoutQuery = z.strictObject({ timeoutMs: milliseconds });
export const versionQuery = z.strictObject({ version: z.coerce.number().int().min(0) });
export const pauseBody = z.strictObject({ maxMs: milliseconds.min(1) });
export const drainBody = z.strictObject({ spreadMs: milliseconds });
export const stopBody = z.strictObject({ drainMs: milliseconds });
export const doorBody = z.strictObject({
  routeId: z.string().min(1),
  slotId: z.string().min(1),
  release: z.string().min(1),
});
export const doorSchema = z.strictObject({ address: z.string() });

export const certificateIdSchema = z.string().regex(/^[a-z0-9][a-z0-9./-]{0,199}$/);
export const httpChallengeBody = z.strictObject({ keyAuthorization: z.string().regex(/^[\w.-]{1,500}$/) });
export const alpnChallengeBody = z.strictObject({ chain: z.string().max(50_000), key: z.string().max(50_000) });
