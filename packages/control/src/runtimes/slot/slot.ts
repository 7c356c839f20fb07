import type { InstanceUsage, SlotSpec } from '../../ports/runtime.ts';
import { SupervisedInstance } from './instance.ts';
import type { LaunchRecord } from './records.ts';
import type { Surroundings } from './surroundings.ts';

/** The instances of one release in a slot. */
export class SupervisedSlot<R extends LaunchRecord> {
  readonly #around: Surroundings<R>;
  #instances: SupervisedInstance<R>[] = [];
  #over = false;

  constructor(around: Surroundings<R>) {
    this.#around = around;
  }

  get spec(): SlotSpec {
    return this.#around.spec;
  }

  get instances(): readonly SupervisedInstance<R>[] {
    return this.#instances;
  }

  /** Whether it was stopped, or left by this supervisor. */
  get over(): boolean {
    return this.#over;
  }

  async start(): Promise<void> {
    this.#instances = this.#each((index) => new SupervisedInstance(this.#around, index, null));
    await Promise.all(this.#instances.map((instance) => instance.start()));
  }

  /** Takes over what an earlier supervisor left: running instances are adopted, the others launched. */
  async resume(records: readonly (R | null)[]): Promise<void> {
    this.#instances = this.#each((index) => new SupervisedInstance(this.#around, index, records[index] ?? null));
    await Promise.all(
      this.#instances.map((instance, index) => (records[index] ? instance.resume() : instance.start())),
    );
  }

  async stop(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#instances.map((instance) => instance.stop()));
  }

  async leave(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#instances.map((instance) => instance.leave()));
  }

  async usage(): Promise<InstanceUsage[]> {
    const used = this.#instances.map(async (instance) => {
      const usage = await instance.usage();
      return usage ? [{ id: instance.id, ...usage }] : [];
    });
    return (await Promise.all(used)).flat();
  }

  #each<T>(make: (index: number) => T): T[] {
    return Array.from({ length: this.spec.instances }, (_, index) => make(index));
  }
}
