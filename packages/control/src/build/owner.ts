import { readFile, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { processStart } from '../home/process-start.ts';

const record = z.object({
  /** Where that process runs; a record of an older Kova has none. */
  host: z.string().optional(),
  pid: z.int().positive(),
  startedAt: z.string(),
  ids: z.object({ uid: z.int(), gid: z.int() }).optional(),
});

export type Owner = z.output<typeof record>;

const settleMs = 60_000;

/** Notes in a build's directory which process works on it, and as whom its commands run. */
export async function writeOwner(directory: string, ids: Owner['ids']): Promise<void> {
  const owner = {
    host: hostname(),
    pid: process.pid,
    startedAt: (await processStart(process.pid)) ?? '',
    ...(ids ? { ids } : {}),
  };
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

/**
 * Whether the process of this machine that works on it has ended, reaped or not; one without an owner is given a minute
 * to get it. What belongs to another machine is for that one to see.
 */
export async function isLeftOver(directory: string, owner: Owner | null): Promise<boolean> {
  if (owner?.host !== undefined && owner.host !== hostname()) return false;
  if (owner !== null) return (await processStart(owner.pid)) !== owner.startedAt;
  const { mtimeMs } = await stat(directory);
  return Date.now() - mtimeMs > settleMs;
}
