import type { Instance, SlotSpec } from '../../ports/runtime.ts';
import type { SlotLogs } from '../logs/slot-logs.ts';
import type { Launcher } from './launcher.ts';
import type { LaunchRecord } from './records.ts';
import type { RestartPolicy } from './restart-policy.ts';

/** What changed about an instance; told after it is on disk. */
export interface InstanceEvent {
  kind: 'address' | 'state';
  instance: Instance;
}

/** What the instances of a slot have in common. */
export interface Surroundings<R extends LaunchRecord> {
  spec: SlotSpec;
  launcher: Launcher<R>;
  logs: SlotLogs;
  policy: RestartPolicy;
  save(index: number, record: R): Promise<void>;
  forget(index: number): Promise<void>;
  emit(event: InstanceEvent): void;
}
