import { createHash } from 'node:crypto';
import type { Route, RouteSlot } from '@kova/core/traffic/route';
import type { SlotCounters } from '@kova/core/traffic/slot-counters';
import { SlotCounts } from '../count/slot-counts.ts';
import { Prober } from '../health/prober.ts';
import type { StreamSet } from '../stream/stream-set.ts';
import { openStreamSet } from '../stream/stream-set.ts';
import { LiveInstance } from './live-instance.ts';

/** One release in one slot, for as long as a route names it or a request of it is in flight. */
export class LiveSlot {
  readonly id: string;
  readonly release: string;
  /** The sticky cookie's value: says nothing about the release to whoever reads it. */
  readonly stickyValue: string;
  readonly counts = new SlotCounts();
  readonly streams: StreamSet = openStreamSet();
  weight = 0;
  inFlight = 0;
  instances: LiveInstance[] = [];
  /** Called when the last request in flight ends. */
  onIdle: (() => void) | null = null;
  #probers: Prober[] = [];
  #turn = 0;

  constructor(slot: RouteSlot) {
    this.id = slot.id;
    this.release = slot.release;
    this.stickyValue = createHash('sha256').update(`${slot.id}\n${slot.release}`).digest('hex').slice(0, 20);
  }

  /** Takes on what the route says now; instances that stay keep their connections and health. */
  adopt(slot: RouteSlot, route: Route): void {
    this.weight = slot.weight;
    const kept = new Map(this.instances.map((instance) => [instance.address.id, instance]));
    this.instances = slot.instances.map((address) => {
      const known = kept.get(address.id);
      if (!known?.sameAddress(address)) return new LiveInstance(address);
      kept.delete(address.id);
      return known;
    });
    for (const instance of kept.values()) instance.close();
    this.#probe(route);
  }

  /** Out of its route: no new requests, no probes; connections go when the last request ends. */
  retire(): void {
    this.weight = 0;
    this.#stopProbes();
    for (const instance of this.instances) instance.close();
    this.instances = [];
  }

  /**
   * The instance with the least in flight, taken in turn when equal. With every instance unhealthy
   * all of them are tried: a wrong probe must not take a site down.
   */
  pick(avoid: LiveInstance | null): LiveInstance | undefined {
    const { instances } = this;
    if (instances.length === 1) return instances[0];
    return (
      this.#leastBusy((instance) => instance.health.healthy && instance !== avoid) ??
      this.#leastBusy((instance) => instance !== avoid) ??
      instances[0]
    );
  }

  begin(instance: LiveInstance): void {
    this.inFlight++;
    instance.inFlight++;
  }

  end(instance: LiveInstance): void {
    instance.inFlight--;
    if (--this.inFlight === 0) this.onIdle?.();
  }

  counters(): SlotCounters {
    return {
      slot: this.id,
      release: this.release,
      epoch: this.counts.epoch,
      requests: this.counts.requests,
      errors: this.counts.errors,
      inFlight: this.inFlight,
      latency: [...this.counts.latency.buckets],
      unhealthyInstances: this.instances.filter(({ health }) => !health.healthy).map(({ address }) => address.id),
    };
  }

  #leastBusy(fits: (instance: LiveInstance) => boolean): LiveInstance | undefined {
    const { instances } = this;
    const start = ++this.#turn;
    let best: LiveInstance | undefined;
    for (let offset = 0; offset < instances.length; offset++) {
      const instance = instances[(start + offset) % instances.length];
      if (instance && fits(instance) && (!best || instance.inFlight < best.inFlight)) best = instance;
    }
    return best;
  }

  #probe(route: Route): void {
    this.#stopProbes();
    const host = route.hosts.find((name) => !name.includes('*')) ?? 'localhost';
    this.#probers = this.instances.map((instance) => new Prober(instance, host, route.health));
  }

  #stopProbes(): void {
    for (const prober of this.#probers) prober.stop();
    this.#probers = [];
  }
}
