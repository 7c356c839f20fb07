import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { processStart } from './process-start.ts';

const record = z.object({ pid: z.int(), startTime: z.string(), url: z.string(), edge: z.string() });

/** Who the control plane of this home is, told by itself once it is ready. */
export type ControlRecord = z.infer<typeof record>;

const path = (home: string) => join(home, 'control.json');

export async function writeControlRecord(home: string, url: string, edge: string): Promise<void> {
  const startTime = (await processStart(process.pid)) ?? '';
  const draft = `${path(home)}.${process.pid}`;
  await writeFile(draft, JSON.stringify({ pid: process.pid, startTime, url, edge }), { mode: 0o600 });
  await rename(draft, path(home));
}

/** The control plane that runs in this home; null when none does. */
export async function runningControl(home: string): Promise<ControlRecord | null> {
  const text = await readFile(path(home), 'utf8').catch(() => null);
  if (text === null) return null;
  const parsed = record.safeParse(JSON.parse(text));
  if (!parsed.success) return null;
  return (await processStart(parsed.data.pid)) === parsed.data.startTime ? parsed.data : null;
}
