import type { LiveSlot } from '../table/live-slot.ts';

/**
 * Smooth weighted round robin: 5 % is every twentieth newcomer, evenly spaced, not one in twenty on
 * average. A slot without instances or weight gets nobody.
 */
export class WeightedChoice {
  readonly #slots: readonly LiveSlot[];
  readonly #credits: number[];
  readonly #total: number;

  constructor(slots: readonly LiveSlot[]) {
    this.#slots = slots.filter((slot) => slot.weight > 0 && slot.instances.length > 0);
    this.#credits = this.#slots.map(() => 0);
    this.#total = this.#slots.reduce((sum, slot) => sum + slot.weight, 0);
  }

  /** More than one slot takes traffic. */
  get split(): boolean {
    return this.#slots.length > 1;
  }

  next(): LiveSlot | undefined {
    if (this.#slots.length < 2) return this.#slots[0];
    let best = 0;
    for (let index = 0; index < this.#slots.length; index++) {
      const credit = (this.#credits[index] ?? 0) + (this.#slots[index]?.weight ?? 0);
      this.#credits[index] = credit;
      if (credit > (this.#credits[best] ?? 0)) best = index;
    }
    this.#credits[best] = (this.#credits[best] ?? 0) - this.#total;
    return this.#slots[best];
  }

  /** The slot a sticky cookie names, if it still takes traffic. */
  sticky(value: string): LiveSlot | undefined {
    return this.#slots.find((slot) => slot.stickyValue === value);
  }
}
