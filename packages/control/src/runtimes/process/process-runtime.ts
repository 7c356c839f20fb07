import type { SlotId } from '@kova/core/environment/slot';
import type { Identity } from '../../home/unprivileged.ts';
import type { SlotSpec } from '../../ports/runtime.ts';
import type { SlotLogs } from '../logs/slot-logs.ts';
import { Records } from '../slot/records.ts';
import {
  type Carrier,
  prepareDirectories,
  SupervisedRuntime,
  type SupervisionOptions,
} from '../slot/supervised-runtime.ts';
import { ProcessLauncher } from './process-launcher.ts';
import { type ProcessRecord, processRecord } from './records.ts';
import { checkStartable } from './startable.ts';
import { Ports } from './system/ports.ts';
import { markedBy } from './system/processes.ts';
import { killLaunches, launchVariable } from './system/terminate.ts';

export type { InstanceEvent } from '../slot/surroundings.ts';

export interface ProcessRuntimeOptions extends SupervisionOptions {
  /** Who instances run as; null to run them as this process's own user. */
  as: Identity | null;
  /** Who those of a slot run as, when not all run as `as`. */
  asOf?: (slot: SlotId) => Identity | null;
}

export type ProcessRuntime = SupervisedRuntime<ProcessRecord>;

const host = '127.0.0.1';

/** Runs instances as processes of this machine; resolves when what runs already was adopted. */
export async function createProcessRuntime(options: ProcessRuntimeOptions): Promise<ProcessRuntime> {
  await prepareDirectories(options);
  const records = new Records(options.directory, processRecord);
  const runtime = new SupervisedRuntime(options, records, new ProcessCarrier(options, await records.runtimeId()));
  await runtime.recover();
  return runtime;
}

/** Runs instances as groups of processes, each environment's as its own user. */
export class ProcessCarrier implements Carrier<ProcessRecord> {
  readonly #options: Pick<ProcessRuntimeOptions, 'as' | 'asOf'>;
  readonly #runtimeId: string;
  readonly #ports = new Ports(host);
  readonly #found = markedBy(launchVariable);

  constructor(options: Pick<ProcessRuntimeOptions, 'as' | 'asOf'>, runtimeId: string) {
    this.#options = options;
    this.#runtimeId = runtimeId;
  }

  checkStartable(spec: SlotSpec): Promise<void> {
    return checkStartable(spec, this.#asOf(spec));
  }

  launcherOf(spec: SlotSpec, logs: SlotLogs): ProcessLauncher {
    const as = this.#asOf(spec);
    return new ProcessLauncher({
      spec,
      logs,
      runtimeId: this.#runtimeId,
      host,
      as,
      ports: this.#ports,
      found: this.#found,
    });
  }

  async endUnknown(known: () => ReadonlySet<string>): Promise<void> {
    const launches = known();
    const isUnknown = (launch: string) => launch.startsWith(`${this.#runtimeId}.`) && !launches.has(launch);
    const unknown = new Set([...this.#found.values()].filter(isUnknown));
    if (unknown.size > 0) await killLaunches((launch) => unknown.has(launch));
  }

  async clearUp(): Promise<void> {}

  close(): void {}

  #asOf({ slot }: SlotSpec): Identity | null {
    return this.#options.asOf ? this.#options.asOf(slot) : this.#options.as;
  }
}
