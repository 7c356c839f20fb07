import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const record = z.object({
  pid: z.int().positive(),
  startedAt: z.string(),
  ids: z.object({ uid: z.int(), gid: z.int() }).optional(),
});

export type Owner = z.output<typeof record>;

const settleMs = 60_000;

/** Notes in a build's directory which process works on it, and as whom its commands run. */
export async function writeOwner(directory: string, ids: Owner['ids']): Promise<void> {
  const owner = { pid: process.pid, startedAt: await startOf(process.pid), ...(ids ? { ids } : {}) };
  await writeFile(join(directory, 'owner.json'), JSON.stringify(owner), { mode: 0o600, flag: 'wx' });
}

/** Whose the directory is; null when nobody has written it down. */
export async function readOwner(directory: string): Promise<Owner | null> {
  try {
    return record.parse(JSON.parse(await readFile(join(directory, 'owner.json'), 'utf8')));
  } catch {
    return null;
  }
}

/** Whether the process that works on it has ended; one without an owner is given a minute to get it. */
export async function isLeftOver(directory: string, owner: Owner | null): Promise<boolean> {
  if (owner !== null) return (await startOf(owner.pid)) !== owner.startedAt;
  const { mtimeMs } = await stat(directory);
  return Date.now() - mtimeMs > settleMs;
}

/** Tells a process from a later one with the same number; empty when there is none. */
async function startOf(pid: number): Promise<string> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return isAlive(pid) ? 'unknown' : '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
