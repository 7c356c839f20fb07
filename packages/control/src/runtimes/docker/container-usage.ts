import type Docker from 'dockerode';
import { listProc } from '../process/system/processes.ts';
import type { Usage } from '../slot/launcher.ts';

const nanoseconds = 1e9;

/** What a container uses as its control group counts it; files that the kernel merely keeps in memory are left out. */
export async function usageOf(container: Docker.Container): Promise<Usage> {
  const [stats, pids] = await Promise.all([container.stats({ stream: false, 'one-shot': true }), pidsOf(container)]);
  const { usage = 0, stats: memory } = stats.memory_stats as { usage?: number; stats?: Record<string, number> };
  const cached = memory?.inactive_file ?? memory?.total_inactive_file ?? 0;
  return {
    residentBytes: Math.max(0, usage - cached),
    cpuSeconds: stats.cpu_stats.cpu_usage.total_usage / nanoseconds,
    openFiles: pids.reduce((sum, pid) => sum + listProc(`${pid}/fd`).length, 0),
  };
}

async function pidsOf(container: Docker.Container): Promise<string[]> {
  const { Processes } = (await container.top({ ps_args: '-eo pid' })) as { Processes: string[][] };
  return Processes.flat();
}
