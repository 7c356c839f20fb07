import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second here, whatever the kernel's own clock. */
const ticksPerSecond = 100;

/** Processor time of a process and its children so far, user and system, in seconds. */
export function cpuSeconds(pid: number): number {
  return familyOf(pid).reduce((sum, member) => sum + ownSeconds(member), 0);
}

function ownSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

function familyOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`)
    .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' '))
    .filter((child) => child !== '');
  return [pid, ...children.flatMap((child) => familyOf(Number(child)))];
}
