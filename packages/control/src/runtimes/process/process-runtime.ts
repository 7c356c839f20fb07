import { mkdir } from 'node:fs/promises';
import type { SlotId } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import { fail } from '@kova/core/verdict';
import { explainDiskFull } from '../../artefacts/disk-full.ts';
import type { Identity } from '../../home/unprivileged.ts';
import type { Runtime, SlotSpec } from '../../ports/runtime.ts';
import { awaitReady } from './await-ready.ts';
import { follow } from './logs/follow.ts';
import { pruneLogs, SlotLogs } from './logs/slot-logs.ts';
import { Records } from './records.ts';
import { finishStop, killUnknown } from './recovery.ts';
import { Serial } from './serial.ts';
import { checkSpec, differences, fromWritten, toWritten } from './spec.ts';
import { defaultRestartPolicy, type RestartPolicy } from './supervise/restart-policy.ts';
import { SupervisedSlot } from './supervise/slot.ts';
import { checkStartable } from './supervise/startable.ts';
import type { InstanceEvent, Surroundings } from './supervise/surroundings.ts';
import { Ports } from './system/ports.ts';
import { markedBy } from './system/processes.ts';
import { launchVariable } from './system/terminate.ts';

export type { InstanceEvent } from './supervise/surroundings.ts';

export interface ProcessRuntimeOptions {
  /** What must survive a crash; private, it holds the secrets of the apps. */
  directory: string;
  logs: string;
  /** Who instances run as; null to run them as this process's own user. */
  as: Identity | null;
  /** Who those of a slot run as, when not all run as `as`. */
  asOf?: (slot: SlotId) => Identity | null;
  onEvent?: (event: InstanceEvent) => void;
  restarts?: Partial<RestartPolicy>;
}

export interface ProcessRuntime extends Runtime {
  /** Stops supervising and leaves the instances running. */
  close(): void;
}

const host = '127.0.0.1';
const checkLogsMs = 100;

/**
 * Runs instances as processes of this machine. What an earlier runtime with the same directory left running is
 * adopted, what has ended meanwhile is launched again; resolves when that is done. One runtime a directory at a time.
 */
export async function createProcessRuntime(options: ProcessRuntimeOptions): Promise<ProcessRuntime> {
  for (const path of [options.directory, options.logs]) await mkdir(path, { recursive: true, mode: 0o700 });
  const records = new Records(options.directory);
  const runtime = new Processes(options, records, await records.runtimeId());
  await runtime.recover();
  return runtime;
}

class Processes implements ProcessRuntime {
  readonly #options: ProcessRuntimeOptions;
  readonly #records: Records;
  readonly #runtimeId: string;
  readonly #ports = new Ports(host);
  readonly #slots = new Map<SlotId, SupervisedSlot>();
  /** Of stopped slots as well. */
  readonly #logs = new Map<SlotId, SlotLogs>();
  readonly #serial = new Serial<SlotId>();
  readonly #checkingLogs: NodeJS.Timeout;

  constructor(options: ProcessRuntimeOptions, records: Records, runtimeId: string) {
    this.#options = options;
    this.#records = records;
    this.#runtimeId = runtimeId;
    this.#checkingLogs = setInterval(() => this.#checkLogs(), checkLogsMs).unref();
  }

  async recover(): Promise<void> {
    const launches = markedBy(launchVariable);
    const known = new Set<string>();
    const resuming: Promise<void>[] = [];
    for (const { wanted, spec: written } of await this.#records.slots()) {
      const spec = fromWritten(written);
      const indices = Array.from({ length: spec.instances }, (_, index) => index);
      const found = await Promise.all(indices.map((index) => this.#records.instance(spec.slot, index)));
      for (const record of found) if (record) known.add(record.launch);
      const slot = this.#slotOf(spec);
      if (wanted === 'running') {
        this.#slots.set(spec.slot, slot);
        resuming.push(slot.resume(found, launches));
      } else {
        // Should it fail the records stay, and the next recovery tries again.
        void this.#serial.run(spec.slot, () => finishStop(spec, found, launches, this.#records)).catch(() => {});
      }
    }
    await Promise.all([...resuming, killUnknown(this.#runtimeId, launches, known)]);
  }

  async start(given: SlotSpec): Promise<void> {
    const spec = checkSpec(given);
    await this.#serial.run(spec.slot, async () => {
      const running = this.#slots.get(spec.slot);
      if (running) return refuseUnlessSame(running.spec, spec);
      await checkStartable(spec, this.#asOf(spec));
      pruneLogs(this.#options.logs, spec);
      await this.#records.saveSlot({ wanted: 'running', spec: toWritten(spec) }).catch((error: unknown) => {
        throw explainDiskFull(error, `recording slot ${spec.slot}`, this.#options.directory);
      });
      const slot = this.#slotOf(spec);
      this.#slots.set(spec.slot, slot);
      await slot.start();
    });
  }

  async awaitReady(id: SlotId, deadlineMs: number, signal?: AbortSignal) {
    signal?.throwIfAborted();
    const slot = this.#slots.get(id);
    return slot ? awaitReady(slot, deadlineMs, signal) : fail(`slot ${id} is stopped`);
  }

  async instances(id: SlotId) {
    return this.#slots.get(id)?.instances.map((instance) => instance.snapshot()) ?? [];
  }

  async stop(id: SlotId): Promise<void> {
    await this.#serial.run(id, async () => {
      const slot = this.#slots.get(id);
      if (!slot) return;
      await this.#records.saveSlot({ wanted: 'stopped', spec: toWritten(slot.spec) });
      await slot.stop();
      this.#slots.delete(id);
    });
  }

  async slots() {
    return [...this.#slots.values()].map(({ spec }) => spec);
  }

  async usage(id: SlotId) {
    return this.#slots.get(id)?.usage() ?? [];
  }

  async *logs(id: SlotId, options: { tail: number; follow?: boolean; signal?: AbortSignal }) {
    const logs = this.#logs.get(id);
    const ends = logs?.ends();
    if (logs) yield* logs.tail(options.tail, ends);
    if (options.follow) yield* follow(() => this.#logs.get(id) ?? null, ends ?? new Map(), options.signal);
  }

  close(): void {
    clearInterval(this.#checkingLogs);
    for (const slot of this.#slots.values()) void slot.leave();
  }

  #slotOf(spec: SlotSpec): SupervisedSlot {
    const logs = new SlotLogs(this.#options.logs, spec);
    this.#logs.set(spec.slot, logs);
    return new SupervisedSlot(this.#surroundings(spec, logs));
  }

  #surroundings(spec: SlotSpec, logs: SlotLogs): Surroundings {
    return {
      spec,
      runtimeId: this.#runtimeId,
      host,
      as: this.#asOf(spec),
      ports: this.#ports,
      logs,
      policy: { ...defaultRestartPolicy, ...this.#options.restarts },
      save: (index, record) => this.#records.saveInstance(spec.slot, index, record),
      forget: (index) => this.#records.removeInstance(spec.slot, index),
      // Apart from the supervision, which must not end with an error of the listener.
      emit: (event) => queueMicrotask(() => this.#options.onEvent?.(event)),
    };
  }

  #asOf({ slot }: SlotSpec): Identity | null {
    return this.#options.asOf ? this.#options.asOf(slot) : this.#options.as;
  }

  #checkLogs(): void {
    for (const logs of this.#logs.values()) logs.check();
  }
}

function refuseUnlessSame(running: SlotSpec, wanted: SlotSpec): void {
  const differing = differences(running, wanted);
  if (differing.length === 0) return;
  const what =
    running.release === wanted.release
      ? `release ${wanted.release} with another ${differing.join(', ')}`
      : `release ${running.release}`;
  throw new KovaError('CONFLICT', `slot ${wanted.slot} runs ${what}`, { next: 'Stop the slot first.' });
}
