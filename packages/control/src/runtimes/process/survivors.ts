import { SlotLogs } from '../logs/slot-logs.ts';
import { Records } from '../slot/records.ts';
import { finishStop } from '../slot/recovery.ts';
import { fromWritten } from '../slot/spec.ts';
import { ProcessCarrier } from './process-runtime.ts';
import { processRecord } from './records.ts';
import { markedBy, variableOf } from './system/processes.ts';
import { launchVariable } from './system/terminate.ts';

/** The processes of instances that run, by the instance's id; of every runtime that has worked in this directory. */
export async function runningInstances(directory: string): Promise<Map<string, number[]>> {
  const runtimeId = await new Records(directory, processRecord).knownRuntimeId();
  const running = new Map<string, number[]>();
  if (runtimeId === '') return running;
  for (const [pid, launch] of markedBy(launchVariable)) {
    if (!launch.startsWith(`${runtimeId}.`)) continue;
    const id = variableOf(pid, 'KOVA_INSTANCE') ?? '';
    running.set(id, [...(running.get(id) ?? []), pid]);
  }
  return running;
}

/**
 * Ends the instances of a directory in which no runtime is at work. Their slots stay wanted: the next runtime starts
 * them again. Idempotent.
 */
export async function stopInstances(directory: string): Promise<void> {
  const records = new Records(directory, processRecord);
  const runtimeId = await records.knownRuntimeId();
  if (runtimeId === '') return;
  const carrier = new ProcessCarrier({ as: null }, runtimeId);
  const stopping = (await records.slots()).map(async ({ spec: written }) => {
    const spec = fromWritten(written);
    const launcher = carrier.launcherOf(spec, new SlotLogs(directory, spec));
    await finishStop(spec, await records.instances(spec), launcher, records);
  });
  await Promise.all(stopping);
  await new ProcessCarrier({ as: null }, runtimeId).endUnknown(() => new Set());
}
