import type { SlotId } from '@kova/core/environment/slot';
import type { InstanceUsage, SlotSpec } from '../../../ports/runtime.ts';
import type { InstanceRecord } from '../records.ts';
import { groupOf, isRunning, type ProcessRef, refTo } from '../system/processes.ts';
import { usageOf } from '../system/usage.ts';
import { SupervisedInstance } from './instance.ts';
import type { Surroundings } from './surroundings.ts';

/** The instances of one release in a slot. */
export class SupervisedSlot {
  readonly #around: Surroundings;
  #instances: SupervisedInstance[] = [];
  #over = false;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  get spec(): SlotSpec {
    return this.#around.spec;
  }

  get id(): SlotId {
    return this.spec.slot;
  }

  get instances(): readonly SupervisedInstance[] {
    return this.#instances;
  }

  /** Whether it was stopped, or left by this supervisor. */
  get over(): boolean {
    return this.#over;
  }

  get logs(): Surroundings['logs'] {
    return this.#around.logs;
  }

  async start(): Promise<void> {
    this.#instances = this.#each((index) => new SupervisedInstance(this.#around, index, null));
    await Promise.all(this.#instances.map((instance) => instance.start()));
  }

  /** Takes over what an earlier supervisor left: running instances are adopted, the others launched. */
  async resume(records: readonly (InstanceRecord | null)[], launches: ReadonlyMap<number, string>): Promise<void> {
    this.#instances = this.#each((index) => new SupervisedInstance(this.#around, index, records[index] ?? null));
    await Promise.all(
      this.#instances.map((instance, index) => {
        const record = records[index];
        if (!record) return instance.start();
        const process = runningOf(record, launches);
        return process ? instance.adopt(process) : instance.restart();
      }),
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

  usage(): InstanceUsage[] {
    return this.#instances.flatMap(({ id, process }) => (process ? [{ id, ...usageOf(process) }] : []));
  }

  #each<T>(make: (index: number) => T): T[] {
    return Array.from({ length: this.spec.instances }, (_, index) => make(index));
  }
}

/** The leader of a recorded launch; by its environment where Kova died between launching and writing it down. */
export function runningOf(record: InstanceRecord, launches: ReadonlyMap<number, string>): ProcessRef | null {
  if (record.process) return isRunning(record.process) ? record.process : null;
  for (const [pid, launch] of launches) {
    const ref = launch === record.launch ? refTo(pid) : null;
    if (ref && groupOf(ref).some((member) => member.pid === pid && member.session === pid)) return ref;
  }
  return null;
}
