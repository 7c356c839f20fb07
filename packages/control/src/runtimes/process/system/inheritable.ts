import { listProc, readProc } from './processes.ts';

const closeOnExec = 0o2000000;
const highest = 1023;

/**
 * Descriptors beyond stderr that this process was given by who started it and would pass on to its children:
 * Node marks its own so that they are not, and only the lowest of the others.
 */
export function inheritableDescriptors(): number[] {
  return listProc('self/fd')
    .map(Number)
    .filter((fd) => fd > 2 && fd <= highest && isInheritable(fd));
}

function isInheritable(fd: number): boolean {
  const flags = /^flags:\s+([0-7]+)$/m.exec(readProc(`self/fdinfo/${fd}`))?.[1];
  return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
}
