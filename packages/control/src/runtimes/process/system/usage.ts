import { groupOf, listProc, type ProcessRef, readProc } from './processes.ts';

/** Linux counts CPU time for user space in hundredths of a second on every architecture. */
const ticksPerSecond = 100;

export interface GroupUsage {
  /** Memory that several processes share is counted for each of them. */
  residentBytes: number;
  cpuSeconds: number;
  openFiles: number;
}

/** What all processes of a group use together. */
export function usageOf(leader: ProcessRef): GroupUsage {
  const usage = { residentBytes: 0, cpuSeconds: 0, openFiles: 0 };
  for (const { pid, cpuTicks } of groupOf(leader)) {
    const resident = /^VmRSS:\s+(\d+) kB/m.exec(readProc(`${pid}/status`))?.[1] ?? 0;
    usage.residentBytes += Number(resident) * 1024;
    usage.cpuSeconds += cpuTicks / ticksPerSecond;
    usage.openFiles += listProc(`${pid}/fd`).length;
  }
  return usage;
}
