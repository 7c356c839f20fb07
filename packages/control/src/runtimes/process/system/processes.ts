import { readdirSync, readFileSync } from 'node:fs';

/** A process told apart from a later one with the same number. */
export interface ProcessRef {
  pid: number;
  /** Clock ticks since boot, field 22 of /proc/<pid>/stat. */
  startTime: number;
  bootId: string;
}

export interface ProcessStat {
  pid: number;
  state: string;
  group: number;
  session: number;
  startTime: number;
  /** User and system time in clock ticks, of children that were waited for too. */
  cpuTicks: number;
}

/** Null when there is no such process. */
export function readStat(pid: number): ProcessStat | null {
  const text = readProc(`${pid}/stat`);
  // The command name is in parentheses and may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 20) return null;
  const number = (index: number) => Number(fields[index]);
  return {
    pid,
    state: fields[0] ?? '',
    group: number(2),
    session: number(3),
    startTime: number(19),
    cpuTicks: number(11) + number(12) + number(13) + number(14),
  };
}

/** A process that has ended and waits to be reaped does not run: it holds nothing and does nothing. */
function runs(stat: ProcessStat): boolean {
  return stat.state !== 'Z' && stat.state !== 'X';
}

export function bootId(): string {
  return readProc('sys/kernel/random/boot_id').trim();
}

/** The reference to a running process; null when it does not run. */
export function refTo(pid: number): ProcessRef | null {
  const stat = readStat(pid);
  return stat && runs(stat) ? { pid, startTime: stat.startTime, bootId: bootId() } : null;
}

export function isRunning(ref: ProcessRef): boolean {
  const stat = readStat(ref.pid);
  return stat !== null && runs(stat) && stat.startTime === ref.startTime && ref.bootId === bootId();
}

/**
 * The running processes of the session and group that `leader` opened, itself included. While one of them runs the
 * system does not give its number to another process; a leader with another start time is that of a stranger's group.
 */
export function groupOf(leader: ProcessRef): ProcessStat[] {
  const found = readStat(leader.pid);
  if (leader.bootId !== bootId() || (found && found.startTime !== leader.startTime)) return [];
  return running().filter((stat) => stat.group === leader.pid || stat.session === leader.pid);
}

/** The running processes by the value of a variable in the environment that they were started with. */
export function markedBy(variable: string): Map<number, string> {
  const marked = new Map<number, string>();
  for (const { pid } of running()) {
    const value = variableOf(pid, variable);
    if (value !== undefined) marked.set(pid, value);
  }
  return marked;
}

/** A variable of the environment that a process was started with; undefined too when it may not be read. */
export function variableOf(pid: number, variable: string): string | undefined {
  const entries = readProc(`${pid}/environ`).split('\0');
  return entries.find((entry) => entry.startsWith(`${variable}=`))?.slice(variable.length + 1);
}

export function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}

function running(): ProcessStat[] {
  return pids().flatMap((pid) => {
    const stat = readStat(pid);
    return stat && runs(stat) ? [stat] : [];
  });
}

function pids(): number[] {
  return listProc('')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The names in a directory of /proc; none when it is gone or may not be read. */
export function listProc(path: string): string[] {
  try {
    return readdirSync(`/proc/${path}`);
  } catch {
    return [];
  }
}
