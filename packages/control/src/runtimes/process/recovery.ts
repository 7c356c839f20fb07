import type { SlotSpec } from '../../ports/runtime.ts';
import type { InstanceRecord, Records } from './records.ts';
import { runningOf } from './supervise/slot.ts';
import { killLaunches, terminate } from './system/terminate.ts';

/** Goes on with a stop that a crash has interrupted. */
export async function finishStop(
  spec: SlotSpec,
  found: readonly (InstanceRecord | null)[],
  launches: ReadonlyMap<number, string>,
  records: Records,
): Promise<void> {
  const finish = async (record: InstanceRecord | null, index: number) => {
    if (!record) return;
    const process = record.process ?? runningOf(record, launches);
    await terminate(process, record.launch, spec.stopTimeoutMs);
    await records.removeInstance(spec.slot, index);
  };
  await Promise.all(found.map(finish));
}

/** Kills what this runtime once launched and knows no more. */
export async function killUnknown(
  runtimeId: string,
  launches: ReadonlyMap<number, string>,
  known: ReadonlySet<string>,
): Promise<void> {
  const isUnknown = (launch: string) => launch.startsWith(`${runtimeId}.`) && !known.has(launch);
  const unknown = new Set([...launches.values()].filter(isUnknown));
  if (unknown.size > 0) await killLaunches((launch) => unknown.has(launch));
}
