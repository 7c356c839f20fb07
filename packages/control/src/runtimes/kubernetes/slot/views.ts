import type { SlotId } from '@kova/core/environment/slot';
import { hasCode } from '@kova/core/errors/kova-error';
import type { V1Pod } from '@kubernetes/client-node';
import type { SlotSpec } from '../../../ports/runtime.ts';
import type { SlotWatch } from './watch.ts';

/** A slot as it is found at one moment. */
export interface SlotView {
  spec: SlotSpec;
  /** Its own, the oldest first. */
  pods: V1Pod[];
}

interface Seen {
  /** How many changes there had been. */
  count: number;
  view: SlotView | null;
}

/** Slots as last seen: read again only after a change, and kept while the API server does not answer. */
export class SlotViews {
  readonly #watch: SlotWatch;
  readonly #read: (slot: SlotId) => Promise<SlotView | null>;
  readonly #seen = new Map<SlotId, Seen>();

  constructor(watch: SlotWatch, read: (slot: SlotId) => Promise<SlotView | null>) {
    this.#watch = watch;
    this.#read = read;
  }

  async lastSeen(slot: SlotId): Promise<SlotView | null> {
    const { count } = this.#watch.changesOf(slot);
    const seen = this.#seen.get(slot);
    if (seen?.count === count) return seen.view;
    try {
      const view = await this.#read(slot);
      this.#seen.set(slot, { count, view });
      return view;
    } catch (error) {
      if (seen && hasCode(error, 'CLUSTER_UNAVAILABLE')) return seen.view;
      throw error;
    }
  }
}
