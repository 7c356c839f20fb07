import { mkdir } from 'node:fs/promises';
import type { SlotId } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import { fail } from '@kova/core/verdict';
import { explainDiskFull } from '../../artefacts/disk-full.ts';
import type { ExecRequest, Execution } from '../../ports/exec.ts';
import type { Runtime, SlotSpec } from '../../ports/runtime.ts';
import { Serial } from '../../serial.ts';
import { awaitReady } from '../health/await-ready.ts';
import { follow } from '../logs/follow.ts';
import { pruneLogs, SlotLogs } from '../logs/slot-logs.ts';
import type { Launcher } from './launcher.ts';
import type { LaunchRecord, Records } from './records.ts';
import { finishStop } from './recovery.ts';
import { defaultRestartPolicy, type RestartPolicy } from './restart-policy.ts';
import { SupervisedSlot } from './slot.ts';
import { checkSpec, fromWritten, refuseUnlessSame, toWritten } from './spec.ts';
import type { InstanceEvent } from './surroundings.ts';

export interface SupervisionOptions {
  /** What must survive a crash; private, it holds the secrets of the apps. */
  directory: string;
  logs: string;
  onEvent?: (event: InstanceEvent) => void;
  restarts?: Partial<RestartPolicy>;
}

/** What instances run in: processes of this machine, or containers. */
export interface Carrier<R extends LaunchRecord> {
  /** @throws KovaError for what could never start */
  checkStartable(spec: SlotSpec): Promise<void>;
  launcherOf(spec: SlotSpec, logs: SlotLogs): Launcher<R>;
  /**
   * Ends what was once launched and is known no more. `known` is asked after what runs was looked for, so that nothing
   * is taken for unknown that was launched in between.
   */
  endUnknown(known: () => ReadonlySet<string>): Promise<void>;
  /** Clears up after a slot that was stopped; `others` are those that run. Failing is no harm. */
  clearUp(stopped: SlotId, others: readonly SlotId[]): Promise<void>;
  /** Lets go of what it listens to; what was launched goes on. */
  close(): void;
}

const checkLogsMs = 100;

/**
 * Keeps slots running, whatever their instances run in. What an earlier runtime with the same directory left running is
 * adopted, what has ended meanwhile is launched again. One runtime a directory at a time.
 */
export class SupervisedRuntime<R extends LaunchRecord> implements Runtime {
  readonly #options: SupervisionOptions;
  readonly #records: Records<R>;
  readonly #carrier: Carrier<R>;
  readonly #slots = new Map<SlotId, SupervisedSlot<R>>();
  /** Of stopped slots as well. */
  readonly #logs = new Map<SlotId, SlotLogs>();
  readonly #serial = new Serial<SlotId>();
  /** Launches whose stop a crash has interrupted and that are just being ended. */
  readonly #ending = new Set<string>();
  readonly #checkingLogs: NodeJS.Timeout;

  constructor(options: SupervisionOptions, records: Records<R>, carrier: Carrier<R>) {
    this.#options = options;
    this.#records = records;
    this.#carrier = carrier;
    this.#checkingLogs = setInterval(() => this.#checkLogs(), checkLogsMs).unref();
  }

  /** To be called once, before anything else. */
  async recover(): Promise<void> {
    const resuming: Promise<void>[] = [];
    for (const { wanted, spec: written } of await this.#records.slots()) {
      const spec = fromWritten(written);
      const found = await this.#records.instances(spec);
      const { slot, launcher } = this.#slotOf(spec);
      if (wanted === 'running') {
        this.#slots.set(spec.slot, slot);
        resuming.push(slot.resume(found));
      } else {
        void this.#finishStop(spec, found, launcher);
      }
    }
    await Promise.all([...resuming, this.#carrier.endUnknown(() => this.#known())]);
  }

  async start(given: SlotSpec): Promise<void> {
    const spec = checkSpec(given);
    await this.#serial.run(spec.slot, async () => {
      const running = this.#slots.get(spec.slot);
      if (running) return refuseUnlessSame(running.spec, spec);
      await this.#carrier.checkStartable(spec);
      pruneLogs(this.#options.logs, spec);
      await this.#records.saveSlot({ wanted: 'running', spec: toWritten(spec) }).catch((error: unknown) => {
        throw explainDiskFull(error, `recording slot ${spec.slot}`, this.#options.directory);
      });
      const { slot } = this.#slotOf(spec);
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
      await this.#carrier.clearUp(id, [...this.#slots.keys()]).catch(() => {});
    });
  }

  async slots() {
    return [...this.#slots.values()].map(({ spec }) => spec);
  }

  async usage(id: SlotId) {
    return this.#slots.get(id)?.usage() ?? [];
  }

  async exec(id: string, request: ExecRequest): Promise<Execution> {
    const instances = [...this.#slots.values()].flatMap((slot) => slot.instances);
    const instance = instances.find((each) => each.id === id);
    if (!instance) throw new KovaError('NOT_FOUND', `there is no instance ${id}`);
    return instance.exec(request);
  }

  async *logs(id: SlotId, options: { tail: number; follow?: boolean; signal?: AbortSignal }) {
    const logs = this.#logs.get(id);
    const ends = logs?.ends();
    if (logs) yield* logs.tail(options.tail, ends);
    if (options.follow) yield* follow(() => this.#logs.get(id) ?? null, ends ?? new Map(), options.signal);
  }

  /** Stops supervising and leaves the instances running. */
  close(): void {
    clearInterval(this.#checkingLogs);
    for (const slot of this.#slots.values()) void slot.leave();
    this.#carrier.close();
  }

  #slotOf(spec: SlotSpec): { slot: SupervisedSlot<R>; launcher: Launcher<R> } {
    const logs = new SlotLogs(this.#options.logs, spec);
    const launcher = this.#carrier.launcherOf(spec, logs);
    this.#logs.set(spec.slot, logs);
    const slot = new SupervisedSlot({
      spec,
      launcher,
      logs,
      policy: { ...defaultRestartPolicy, ...this.#options.restarts },
      save: (index, record) => this.#records.saveInstance(spec.slot, index, record),
      forget: (index) => this.#records.removeInstance(spec.slot, index),
      // Apart from the supervision, which must not end with an error of the listener.
      emit: (event) => queueMicrotask(() => this.#options.onEvent?.(event)),
    });
    return { slot, launcher };
  }

  /** Should it fail the records stay, and the next recovery tries again. */
  async #finishStop(spec: SlotSpec, found: readonly (R | null)[], launcher: Launcher<R>): Promise<void> {
    const launches = found.flatMap((record) => record?.launch ?? []);
    for (const launch of launches) this.#ending.add(launch);
    await this.#serial.run(spec.slot, () => finishStop(spec, found, launcher, this.#records)).catch(() => {});
    for (const launch of launches) this.#ending.delete(launch);
  }

  #known(): Set<string> {
    const instances = [...this.#slots.values()].flatMap((slot) => slot.instances);
    return new Set([...this.#ending, ...instances.map(({ launch }) => launch)]);
  }

  #checkLogs(): void {
    for (const logs of this.#logs.values()) logs.check();
  }
}

/** Makes the directories of a runtime. */
export async function prepareDirectories({ directory, logs }: SupervisionOptions): Promise<void> {
  for (const path of [directory, logs]) await mkdir(path, { recursive: true, mode: 0o700 });
}
