const MAX_HELD = 10_000;

export type Outcome = 'resumed' | 'timed-out';

/** Requests held back for a moment instead of failed. */
export class Pause {
  readonly #held = new Set<(outcome: Outcome) => void>();
  readonly #timer: NodeJS.Timeout;
  readonly #ended: () => void;

  /** `ended` is called when the pause is over, by `end` or after `maxMs`. */
  constructor(maxMs: number, ended: () => void) {
    this.#ended = ended;
    this.#timer = setTimeout(() => this.end('timed-out'), maxMs);
  }

  /** Calls `go` when the pause ends. False when too many wait already. */
  hold(go: (outcome: Outcome) => void): boolean {
    if (this.#held.size >= MAX_HELD) return false;
    this.#held.add(go);
    return true;
  }

  /** Who waits here waits on in `next`. */
  handOver(next: Pause): void {
    clearTimeout(this.#timer);
    for (const go of this.#held) next.#held.add(go);
    this.#held.clear();
  }

  end(outcome: Outcome): void {
    clearTimeout(this.#timer);
    this.#ended();
    const held = [...this.#held];
    this.#held.clear();
    for (const go of held) go(outcome);
  }
}
