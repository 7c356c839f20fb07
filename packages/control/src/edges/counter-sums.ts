import { randomUUID } from 'node:crypto';
import type { SlotCounters } from '@kova/core/traffic/slot-counters';

interface Sum {
  epoch: string;
  requests: number;
  errors: number;
  latency: number[];
  /** What each edge had counted when it was last heard, by its name. */
  heard: Map<string, SlotCounters>;
}

const none = { requests: 0, errors: 0, latency: [] as number[] };

/**
 * What several edges have counted for a slot, in one sum that only grows: an edge that is lost takes nothing away, and
 * one that begins at zero again adds what it counts from there.
 */
export class CounterSums {
  readonly #sums = new Map<string, Sum>();

  /** Whether anything was summed yet. */
  get begun(): boolean {
    return this.#sums.size > 0;
  }

  /** @param byEdge what each edge that lives tells of the slots of one route, by its name */
  add(byEdge: ReadonlyMap<string, readonly SlotCounters[]>): SlotCounters[] {
    const bySlot = new Map<string, Array<[edge: string, SlotCounters]>>();
    for (const [edge, counters] of byEdge) {
      for (const each of counters) bySlot.set(keyOf(each), [...(bySlot.get(keyOf(each)) ?? []), [edge, each]]);
    }
    this.#forget(bySlot);
    return [...bySlot].map(([key, told]) => this.#sum(key, told));
  }

  #sum(key: string, told: ReadonlyArray<[edge: string, SlotCounters]>): SlotCounters {
    const sum = this.#sums.get(key) ?? { ...none, epoch: randomUUID(), heard: new Map() };
    this.#sums.set(key, sum);
    for (const [edge, counters] of told) {
      const heard = sum.heard.get(edge);
      const before = heard?.epoch === counters.epoch ? heard : none;
      sum.requests += counters.requests - before.requests;
      sum.errors += counters.errors - before.errors;
      sum.latency = counters.latency.map((count, at) => (sum.latency[at] ?? 0) + count - (before.latency[at] ?? 0));
      sum.heard.set(edge, counters);
    }
    const [first] = told.map(([, counters]) => counters) as [SlotCounters];
    return {
      ...{ slot: first.slot, release: first.release, epoch: sum.epoch },
      ...{ requests: sum.requests, errors: sum.errors, latency: sum.latency },
      inFlight: told.reduce((total, [, { inFlight }]) => total + inFlight, 0),
      // One that a single edge cannot reach is not what ails the release.
      unhealthyInstances: first.unhealthyInstances.filter((id) =>
        told.every(([, { unhealthyInstances }]) => unhealthyInstances.includes(id)),
      ),
    };
  }

  /** A slot that has another release now is counted from zero. */
  #forget(told: ReadonlyMap<string, unknown>): void {
    const slots = new Set([...told.keys()].map(slotOf));
    for (const key of this.#sums.keys()) if (slots.has(slotOf(key)) && !told.has(key)) this.#sums.delete(key);
  }
}

function keyOf({ slot, release }: SlotCounters): string {
  return `${slot} ${release}`;
}

function slotOf(key: string): string | undefined {
  return key.split(' ')[0];
}
