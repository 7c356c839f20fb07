import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 10;

/** SIGKILL to a whole process group; returns when nothing of it runs, or after `patienceMs` at the latest. */
export async function killGroup(leader: number, patienceMs = 10_000): Promise<void> {
  const until = performance.now() + patienceMs;
  while (signalGroup(leader, 'SIGKILL') && performance.now() < until) {
    if (process.platform === 'linux' && !(await hasRunning(leader))) return;
    await sleep(pollMs);
  }
}

/** Sends a signal to a process group, 0 to ask only; false when there is no such group any more. */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}

/** Whether more is left of a group than processes that have ended and that nobody has reaped. */
async function hasRunning(leader: number): Promise<boolean> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const running = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return group === String(leader) && !/^[ZX]$/.test(state);
    }),
  );
  return running.includes(true);
}
