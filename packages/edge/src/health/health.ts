/** How many probes in a row it takes, see `Route['health']`. */
export interface Thresholds {
  unhealthyAfter: number;
  healthyAfter: number;
}

/** Refused connections in a row after which an instance is out until a probe passes. */
const CONNECT_FAILURES = 2;

/**
 * Whether one instance gets requests. It begins healthy: the control plane has verified it before
 * the route names it, and an edge that restarts must not turn users away until the first probe.
 */
export class Health {
  healthy = true;
  #passes = 0;
  #failures = 0;
  #connectFailures = 0;

  probed(ok: boolean, thresholds: Thresholds): void {
    if (ok) {
      this.#failures = 0;
      this.#connectFailures = 0;
      if (!this.healthy && ++this.#passes >= thresholds.healthyAfter) this.healthy = true;
      return;
    }
    this.#passes = 0;
    if (++this.#failures >= thresholds.unhealthyAfter) this.healthy = false;
  }

  connectFailed(): void {
    this.#passes = 0;
    if (++this.#connectFailures >= CONNECT_FAILURES) this.healthy = false;
  }

  connected(): void {
    this.#connectFailures = 0;
  }
}
