import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Directories of the system's temporary one, named `<prefix><pid>-…`, whose process is gone: its run was killed. */
export async function abandoned(prefix: string): Promise<string[]> {
  const names = await readdir(tmpdir());
  const left = names.filter((name) => {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : 0;
    return pid > 0 && !isAlive(pid);
  });
  return left.map((name) => join(tmpdir(), name));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
