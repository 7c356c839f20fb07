import type { Identity } from '../../../home/unprivileged.ts';
import type { Instance, SlotSpec } from '../../../ports/runtime.ts';
import type { SlotLogs } from '../logs/slot-logs.ts';
import type { InstanceRecord } from '../records.ts';
import type { Ports } from '../system/ports.ts';
import type { RestartPolicy } from './restart-policy.ts';

/** What changed about an instance; told after it is on disk. */
export interface InstanceEvent {
  kind: 'address' | 'state';
  instance: Instance;
}

/** What the instances of a slot have in common. */
export interface Surroundings {
  spec: SlotSpec;
  runtimeId: string;
  host: string;
  as: Identity | null;
  ports: Ports;
  logs: SlotLogs;
  policy: RestartPolicy;
  save(index: number, record: InstanceRecord): Promise<void>;
  forget(index: number): Promise<void>;
  emit(event: InstanceEvent): void;
}
