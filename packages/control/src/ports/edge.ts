import type { Route } from '@kova/core/traffic/route';
import type { SlotCounters } from '@kova/core/traffic/slot-counters';

/** A way into one slot, for the one release that is in it. */
export interface OpenDoor {
  /** On this machine, `127.0.0.1:41234`. */
  address: string;
  /** Aborts when it is gone. */
  lost: AbortSignal;
  close(): void;
}

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
  /** Opens a way into a slot for checks; gone when it is closed, or when either side ends. */
  openDoor(target: { routeId: string; slotId: string; release: string }): Promise<OpenDoor>;
  /** The release that users of the host are served now; null when nothing answers. */
  servedRelease(host: string, path: string): Promise<string | null>;
}
