import { environmentOf, type SlotId } from '@kova/core/environment/slot';
import type { Context } from '../context.ts';
import type { Instance } from '../ports/runtime.ts';
import { publishRoute } from '../routing/publish.ts';

/** Several instances move at once when a machine is lost: they are told to the edge together. */
const gatherMs = 30;

/**
 * Tells the edge at once where an instance is that has moved, as when a swarm puts it on another machine. What is
 * missed here, as while the edge is away, `reconcileRoutes` sees.
 */
export class MovedInstances {
  readonly #ctx: Context;
  readonly #onError: (error: unknown) => void;
  readonly #addresses = new Map<string, string>();
  readonly #gathering = new Set<string>();

  constructor(ctx: Context, onError: (error: unknown) => void) {
    this.#ctx = { ...ctx, edge: ctx.ownEdge };
    this.#onError = onError;
  }

  note({ id, slot, address: { host, port } }: Pick<Instance, 'id' | 'slot' | 'address'>): void {
    const address = `${host}:${port}`;
    if (this.#addresses.get(id) === address) return;
    this.#addresses.set(id, address);
    this.#publishSoon(slot);
  }

  #publishSoon(slot: SlotId): void {
    const { project, environment } = environmentOf(slot);
    const key = `${project}/${environment}`;
    if (this.#gathering.has(key)) return;
    this.#gathering.add(key);
    setTimeout(() => {
      this.#gathering.delete(key);
      publishRoute(this.#ctx, project, environment).catch(this.#onError);
    }, gatherMs).unref();
  }
}
