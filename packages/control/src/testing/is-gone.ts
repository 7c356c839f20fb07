import { readFileSync } from 'node:fs';

/** Whether there is no such process; one that has ended and waits to be reaped is none. */
export function isGone(pid: number): boolean {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}
