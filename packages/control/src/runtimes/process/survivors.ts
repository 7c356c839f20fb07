import { Records } from './records.ts';
import { finishStop, killUnknown } from './recovery.ts';
import { fromWritten } from './spec.ts';
import { markedBy, variableOf } from './system/processes.ts';
import { launchVariable } from './system/terminate.ts';

/** The processes of instances that run, by the instance's id; of every runtime that has worked in this directory. */
export async function runningInstances(directory: string): Promise<Map<string, number[]>> {
  const runtimeId = await new Records(directory).knownRuntimeId();
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
  const records = new Records(directory);
  const runtimeId = await records.knownRuntimeId();
  if (runtimeId === '') return;
  const launches = markedBy(launchVariable);
  const stopping = (await records.slots()).map(async ({ spec: written }) => {
    const spec = fromWritten(written);
    const indices = Array.from({ length: spec.instances }, (_, index) => index);
    const found = await Promise.all(indices.map((index) => records.instance(spec.slot, index)));
    await finishStop(spec, found, launches, records);
  });
  await Promise.all(stopping);
  await killUnknown(runtimeId, markedBy(launchVariable), new Set());
}
