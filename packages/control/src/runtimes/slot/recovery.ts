import type { SlotSpec } from '../../ports/runtime.ts';
import type { Launcher } from './launcher.ts';
import type { LaunchRecord, Records } from './records.ts';

/** Goes on with a stop that a crash has interrupted. @throws Error naming what does not end */
export async function finishStop<R extends LaunchRecord>(
  spec: SlotSpec,
  found: readonly (R | null)[],
  launcher: Launcher<R>,
  records: Records<R>,
): Promise<void> {
  const finish = async (record: R | null, index: number) => {
    if (!record) return;
    await launcher.end(index, record, spec.stopTimeoutMs);
    await records.removeInstance(spec.slot, index);
  };
  await Promise.all(found.map(finish));
}
