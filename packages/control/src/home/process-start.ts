import { readFile } from 'node:fs/promises';

/** Start time of a process in clock ticks since boot (proc(5), field 22); null when there is none or it is a zombie. */
export async function processStart(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && fields[0] !== 'Z' ? (fields[19] ?? null) : null;
}
