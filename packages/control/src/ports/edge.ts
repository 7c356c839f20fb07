import type { CertificateInfo, KeyPair } from '@kova/core/traffic/certificate';
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

/** The traffic daemons, as the control plane uses them: that of the home alone, or it and those of other machines. */
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
  /** What it ends TLS with now. */
  certificates(): Promise<CertificateInfo[]>;
  /**
   * Idempotent; CERTIFICATE_INVALID when clients would refuse it, and then the one before stays. `id`:
   * `project/environment`.
   */
  putCertificate(id: string, pair: KeyPair): Promise<CertificateInfo>;
  /** Idempotent. */
  removeCertificate(id: string): Promise<void>;
  /** Answers what an authority asks until it is taken back, or the edge ends. Both idempotent. */
  putHttpChallenge(token: string, keyAuthorization: string): Promise<void>;
  removeHttpChallenge(token: string): Promise<void>;
  putAlpnChallenge(host: string, pair: { chain: string; key: string }): Promise<void>;
  removeAlpnChallenge(host: string): Promise<void>;
  /** The release that users of the host are served now, by each edge that lives. */
  served(host: string, path: string): Promise<Served[]>;
}

export interface Served {
  /** For people: `the edge`, `edge b`. */
  by: string;
  /** Null when nothing answers. */
  release: string | null;
}
