import type { Route } from '@kova/core/traffic/route';
import type { SlotCounters } from '@kova/core/traffic/slot-counters';

/** The traffic daemon, as the control plane uses it. */
export interface Edge {
  /** Replaces a route; one that is not newer than the one in place is refused with EDGE_STALE_ROUTE. Idempotent. */
  putRoute(route: Route): Promise<void>;
  routes(): Promise<Route[]>;
  counters(routeId: string): Promise<SlotCounters[]>;
  /** Ends what lasts on the slot (WebSockets, streams) spread over `spreadMs` and waits until nothing is in flight. */
  drain(
    slotId: string,
    options: { spreadMs: number; timeoutMs: number },
  ): Promise<{ drained: boolean; inFlight: number }>;
  /** The release that users of the host are served now; null when nothing answers. */
  servedRelease(host: string, path: string): Promise<string | null>;
}
