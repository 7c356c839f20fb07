import type { RuntimeKind } from '@kova/core/config/runtime';
import type { SlotId } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import { fail } from '@kova/core/verdict';
import type { ExecRequest, Execution } from '../ports/exec.ts';
import type { Runtime, SlotSpec } from '../ports/runtime.ts';

export interface ClosableRuntime extends Runtime {
  /** Stops supervising and leaves the instances running. */
  close(): void;
}

/**
 * Runs each slot in what its specification says, so that an environment moves from one to the other by a deployment
 * and back by a rollback. What no slot asks for is not opened.
 */
export class ChosenRuntime implements ClosableRuntime {
  readonly #openers: Readonly<Record<RuntimeKind, () => Promise<ClosableRuntime>>>;
  readonly #opening = new Map<RuntimeKind, Promise<ClosableRuntime>>();
  readonly #opened = new Map<RuntimeKind, ClosableRuntime>();
  /** What ran a slot last, so that the logs of one that was stopped are found. */
  readonly #last = new Map<SlotId, Runtime>();

  constructor(openers: Readonly<Record<RuntimeKind, () => Promise<ClosableRuntime>>>) {
    this.#openers = openers;
  }

  /** Opens that kind, which adopts what it ran before. Idempotent; one that failed is tried again. */
  async open(kind: RuntimeKind): Promise<Runtime> {
    const opening = this.#opening.get(kind) ?? this.#openers[kind]();
    this.#opening.set(kind, opening);
    try {
      const runtime = await opening;
      this.#opened.set(kind, runtime);
      return runtime;
    } catch (error) {
      this.#opening.delete(kind);
      throw error;
    }
  }

  async start(spec: SlotSpec): Promise<void> {
    const runtime = await this.open(spec.runtime ?? 'process');
    const holder = await this.#holderOf(spec.slot);
    if (holder && holder !== runtime) {
      throw new KovaError('CONFLICT', `slot ${spec.slot} runs, and not as a ${spec.runtime ?? 'process'}`, {
        next: 'Stop the slot first.',
      });
    }
    this.#last.set(spec.slot, runtime);
    await runtime.start(spec);
  }

  async awaitReady(slot: SlotId, deadlineMs: number, signal?: AbortSignal) {
    signal?.throwIfAborted();
    const holder = await this.#holderOf(slot);
    return holder ? holder.awaitReady(slot, deadlineMs, signal) : fail(`slot ${slot} is stopped`);
  }

  async instances(slot: SlotId) {
    return (await Promise.all(this.#runtimes().map((runtime) => runtime.instances(slot)))).flat();
  }

  async stop(slot: SlotId): Promise<void> {
    await Promise.all(this.#runtimes().map((runtime) => runtime.stop(slot)));
  }

  async slots() {
    return (await Promise.all(this.#runtimes().map((runtime) => runtime.slots()))).flat();
  }

  async usage(slot: SlotId) {
    return (await Promise.all(this.#runtimes().map((runtime) => runtime.usage(slot)))).flat();
  }

  async exec(instance: string, request: ExecRequest): Promise<Execution> {
    const slot = instance.slice(0, instance.lastIndexOf('/')) as SlotId;
    const holder = await this.#holderOf(slot);
    if (!holder) throw new KovaError('NOT_FOUND', `slot ${slot} is stopped`);
    return holder.exec(instance, request);
  }

  async *logs(slot: SlotId, options: { tail: number; follow?: boolean; signal?: AbortSignal }) {
    const [first] = this.#runtimes();
    const runtime = (await this.#holderOf(slot)) ?? this.#last.get(slot) ?? first;
    if (runtime) yield* runtime.logs(slot, options);
  }

  close(): void {
    for (const runtime of this.#runtimes()) runtime.close();
  }

  #runtimes(): ClosableRuntime[] {
    return [...this.#opened.values()];
  }

  async #holderOf(slot: SlotId): Promise<Runtime | null> {
    for (const runtime of this.#runtimes()) {
      if ((await runtime.slots()).some((spec) => spec.slot === slot)) return runtime;
    }
    return null;
  }
}
