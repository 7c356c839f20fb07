import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** When a process started, in the kernel's own terms, or null if there is none: tells a reused pid apart. */
export function startTimeOf(pid: number): string | null {
  if (process.platform === 'linux') return linuxStartTime(pid);
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

function linuxStartTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command in parentheses may hold spaces and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return fields[19] ?? null;
  } catch {
    return null;
  }
}
