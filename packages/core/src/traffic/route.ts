import { z } from 'zod';

/** Where one instance listens. */
const instanceAddress = z.strictObject({
  id: z.string().min(1),
  host: z.string().min(1),
  port: z.int().min(1).max(65535),
});

const routeSlot = z.strictObject({
  /** `project/environment/blue` or `…/green`. */
  id: z.string().min(1),
  /** The release that the slot runs; answers carry it as `x-kova-release`. */
  release: z.string().min(1),
  /** Share of new visitors in percent; the weights of a route sum to 100, or to 0 before its first release is let in. */
  weight: z.number().min(0).max(100),
  instances: z.array(instanceAddress),
});

/**
 * One host's way into one environment. The edge replaces it as a whole, and refuses one whose
 * `version` is not higher than the one in place (fencing: a paused writer can do no harm).
 */
export const routeSchema = z
  .strictObject({
    /** `project/environment`. */
    id: z.string().min(1),
    /** Host names without a port, lower case. */
    hosts: z.array(z.string().regex(/^[a-z0-9*.-]+$/)).min(1),
    version: z.int().min(0),
    slots: z.array(routeSlot).max(2),
    health: z.strictObject({
      path: z.string().startsWith('/'),
      intervalMs: z.int().min(100),
      timeoutMs: z.int().min(50),
      /** Failed probes in a row until an instance gets no requests. */
      unhealthyAfter: z.int().min(1),
      /** Passed probes in a row until it gets requests again. */
      healthyAfter: z.int().min(1),
    }),
    /** Immutable files of recent releases, served from `dirs` (newest first) when their path starts with `prefix`. */
    assets: z.strictObject({ prefix: z.string().startsWith('/'), dirs: z.array(z.string()) }).nullable(),
    /** Keeps a visitor on the slot that answered first while both take traffic. */
    sticky: z.boolean(),
    /** SHA-256 (hex) of the token that opens the idle slot through `x-kova-slot` + `x-kova-token`. */
    idleTokenHash: z.string().nullable(),
    limits: z.strictObject({ bodyBytes: z.int().min(0), responseTimeoutMs: z.int().min(0) }),
    /** Once there is a certificate for the host. Not there: nothing follows, and an older edge understands the route. */
    tls: z
      .strictObject({
        /** Where plain HTTP is sent to by https; null for nowhere. */
        redirectPort: z.int().min(1).max(65535).nullable(),
        /** `max-age` of Strict-Transport-Security; null sends none. */
        hstsSeconds: z.int().min(0).nullable(),
      })
      .optional(),
  })
  .refine(({ slots }) => [0, 100].includes(totalWeight(slots)), {
    path: ['slots'],
    message: 'weights must sum to 100, or to 0 where nobody is served yet',
  });

export type Route = z.infer<typeof routeSchema>;
export type RouteSlot = Route['slots'][number];

function totalWeight(slots: readonly { weight: number }[]): number {
  return slots.reduce((sum, slot) => sum + slot.weight, 0);
}
