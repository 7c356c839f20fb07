import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ErrorReport, isErrorCode, KovaError } from '@kova/core/errors/kova-error';
import { z } from 'zod';
import { processStart } from './process-start.ts';

const place = z.object({ url: z.string(), edge: z.string() });
const record = z.object({ pid: z.int(), startTime: z.string(), ready: place.nullable() });

/** Where the API answers and where the edge serves, both as origins: `http://127.0.0.1:4780`. */
export type ControlPlace = z.infer<typeof place>;

/** Who the control plane of this home is, told by itself; `ready` is null while it starts. */
export type ControlRecord = z.infer<typeof record>;

const path = (home: string) => join(home, 'control.json');

export async function writeControlRecord(home: string, ready: ControlPlace | null): Promise<void> {
  const startTime = (await processStart(process.pid)) ?? '';
  const draft = `${path(home)}.${process.pid}`;
  await writeFile(draft, JSON.stringify({ pid: process.pid, startTime, ready }), { mode: 0o600 });
  await rename(draft, path(home));
}

/** The control plane that runs or starts in this home; null when none does. */
export async function controlIn(home: string): Promise<ControlRecord | null> {
  const found = record.safeParse(await readJson(path(home))).data;
  return found && (await processStart(found.pid)) === found.startTime ? found : null;
}

const startError = z.object({ pid: z.int(), code: z.string(), message: z.string(), next: z.string() });
const errorPath = (home: string) => join(home, 'start-error.json');

/** Why this process could not start, for the one who started it. */
export async function writeStartError(home: string, report: ErrorReport): Promise<void> {
  const text = JSON.stringify({ pid: process.pid, ...report });
  await writeFile(errorPath(home), text, { mode: 0o600 }).catch(() => undefined);
}

/** What the process said went wrong with its start; taken away with the reading. */
export async function takeStartError(home: string, pid: number | undefined): Promise<KovaError | null> {
  const { data } = startError.safeParse(await readJson(errorPath(home)));
  if (!data || data.pid !== pid || !isErrorCode(data.code)) return null;
  await rm(errorPath(home), { force: true });
  return new KovaError(data.code, data.message, { next: data.next });
}

/** Null when the file is missing or not whole. */
async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return null;
  }
}
