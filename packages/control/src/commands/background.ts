import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

const niceness = 10;
const firstToBeKilled = '900';

/**
 * Lets a process, and all it will start, give way to everything else: less CPU when others want it, and the first to be
 * killed when memory runs out. Best effort: where the system has no such thing, nothing happens.
 */
export function sendToBackground(pid: number): void {
  attempt(() => setPriority(pid, niceness));
  attempt(() => writeFileSync(`/proc/${pid}/oom_score_adj`, firstToBeKilled));
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // It has ended already, or this system has no such file.
  }
}
