import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ErrorReport, isErrorCode, KovaError } from '@kova/core/errors/kova-error';
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

const errorReport = z.object({ code: z.string(), message: z.string(), next: z.string() });
const errorPath = (home: string) => join(home, 'start-error.json');

/** Why the control plane could not start, for the one who started it. */
export async function writeStartError(home: string, report: ErrorReport): Promise<void> {
  await writeFile(errorPath(home), JSON.stringify(report), { mode: 0o600 }).catch(() => undefined);
}

/** What the last start said went wrong; taken away with the reading. */
export async function takeStartError(home: string): Promise<KovaError | null> {
  const text = await readFile(errorPath(home), 'utf8').catch(() => null);
  await rm(errorPath(home), { force: true });
  const parsed = errorReport.safeParse(text === null ? null : JSON.parse(text));
  if (!parsed.success || !isErrorCode(parsed.data.code)) return null;
  return new KovaError(parsed.data.code, parsed.data.message, { next: parsed.data.next });
}
