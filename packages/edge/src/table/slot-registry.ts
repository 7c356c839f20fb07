import type { Route, RouteSlot } from '@kova/core/traffic/route';
import { LiveSlot } from './live-slot.ts';

/** Every slot that a route names or that still has requests in flight. */
export class SlotRegistry {
  readonly #live = new Set<LiveSlot>();
  readonly #named = new Set<LiveSlot>();
  readonly #waiting = new Set<() => void>();

  /** The live slots of a route as it is now; those it named before and no longer does are retired. */
  adopt(route: Route, before: readonly LiveSlot[]): LiveSlot[] {
    const slots = route.slots.map((slot) => this.#adoptSlot(slot, route));
    this.retire(before.filter((slot) => !slots.includes(slot)));
    this.#changed();
    return slots;
  }

  retire(slots: readonly LiveSlot[]): void {
    for (const slot of slots) {
      this.#named.delete(slot);
      slot.retire();
      if (slot.inFlight === 0) this.#live.delete(slot);
    }
    this.#changed();
  }

  ofId(slotId: string): LiveSlot[] {
    return [...this.#live].filter(({ id }) => id === slotId);
  }

  all(): readonly LiveSlot[] {
    return [...this.#live];
  }

  /** Resolves true when `ready` holds, looked at now and whenever a slot empties or a route changes. */
  async until(ready: () => boolean, timeoutMs: number): Promise<boolean> {
    if (ready()) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const look = () => {
      if (ready()) resolve(true);
    };
    const timer = setTimeout(() => resolve(false), timeoutMs);
    this.#waiting.add(look);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }

  #adoptSlot(slot: RouteSlot, route: Route): LiveSlot {
    const known = [...this.#live].find(({ id, release }) => id === slot.id && release === slot.release);
    const live = known ?? this.#create(slot);
    this.#named.add(live);
    live.adopt(slot, route);
    return live;
  }

  #create(slot: RouteSlot): LiveSlot {
    const live = new LiveSlot(slot);
    live.onIdle = () => {
      if (!this.#named.has(live)) this.#live.delete(live);
      this.#changed();
    };
    this.#live.add(live);
    return live;
  }

  #changed(): void {
    for (const look of this.#waiting) look();
  }
}
