import type { EdgeAdmin } from '@kova/edge/admin-client';
import type { EdgeReport } from '../../store/edge-report.ts';
import type { EdgeDrain } from '../../store/edges.ts';

const rememberedDrains = 100;

/** The drains that were asked for; each is done once. */
export class FollowedDrains {
  readonly #admin: EdgeAdmin;
  readonly #onEnd: () => void;
  readonly #begun = new Set<string>();
  readonly #ended = new Map<string, EdgeReport['drains'][string]>();

  constructor(admin: EdgeAdmin, onEnd: () => void) {
    this.#admin = admin;
    this.#onEnd = onEnd;
  }

  ended(): EdgeReport['drains'] {
    return Object.fromEntries(this.#ended);
  }

  /** Begins those that are new; they end by themselves, within their time. */
  begin(asked: readonly EdgeDrain[]): void {
    for (const drain of asked) {
      if (this.#begun.has(drain.id)) continue;
      this.#begun.add(drain.id);
      void this.#drain(drain);
    }
  }

  async #drain({ id, slot, spreadMs, timeoutMs }: EdgeDrain): Promise<void> {
    try {
      this.#ended.set(id, await this.#admin.drain(slot, { spreadMs, timeoutMs }));
      const [oldest] = this.#ended.keys();
      if (oldest && this.#ended.size > rememberedDrains) this.#ended.delete(oldest);
      this.#onEnd();
    } catch {
      // The edge was away: it is asked again when it is back.
      this.#begun.delete(id);
    }
  }
}
