import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ErrorReport, isErrorCode, KovaError } from '@kova/core/errors/kova-error';
import { accepts, isElsewhere, pidNamespace } from '@kova/edge/elsewhere';
import { processStart } from './process-start.ts';

/** Where the API answers and where the edge serves, both as origins: `http://127.0.0.1:4780`. */
export interface ControlPlace {
  url: string;
  edge: string;
  /** `https://127.0.0.1:4743`; not there when it ends no TLS. */
  edgeTls?: string;
}

/** Who the control plane of this home is, told by itself; `ready` is null while it starts. */
export interface ControlRecord {
  pid: number;
  startTime: string;
  /** In which its pid holds: a container has numbers of its own. */
  pidNamespace?: string | null;
  ready: ControlPlace | null;
}

const path = (home: string) => join(home, 'control.json');

export async function writeControlRecord(home: string, ready: ControlPlace | null): Promise<void> {
  const startTime = (await processStart(process.pid)) ?? '';
  const draft = `${path(home)}.${process.pid}`;
  await writeFile(draft, JSON.stringify({ pid: process.pid, startTime, pidNamespace: pidNamespace(), ready }), {
    mode: 0o600,
  });
  await rename(draft, path(home));
}

/** The control plane that runs or starts in this home, or runs there in another container; null when none does. */
export async function controlIn(home: string): Promise<ControlRecord | null> {
  const found = await readJson(path(home));
  return isRecord(found) && (await isAlive(found)) ? found : null;
}

async function isAlive(record: ControlRecord): Promise<boolean> {
  if (!isElsewhere(record)) return (await processStart(record.pid)) === record.startTime;
  if (record.ready === null) return false;
  const { hostname: host, port } = new URL(record.ready.url);
  return accepts({ host, port: Number(port) });
}

// By hand and not by a schema: every command reads it, and loading Zod takes longer than many of them.
function isRecord(found: Partial<ControlRecord> | null): found is ControlRecord {
  if (typeof found?.pid !== 'number' || typeof found.startTime !== 'string') return false;
  return found.ready === null || (typeof found.ready?.url === 'string' && typeof found.ready.edge === 'string');
}

const errorPath = (home: string) => join(home, 'start-error.json');

/** Why this process could not start, for the one who started it. */
export async function writeStartError(home: string, report: ErrorReport): Promise<void> {
  const text = JSON.stringify({ pid: process.pid, ...report });
  await writeFile(errorPath(home), text, { mode: 0o600 }).catch(() => undefined);
}

/** What the process said went wrong with its start; taken away with the reading. */
export async function takeStartError(home: string, pid: number | undefined): Promise<KovaError | null> {
  const said = (await readJson(errorPath(home))) as Partial<ErrorReport & { pid: number }> | null;
  if (said?.pid !== pid || !isErrorCode(said?.code)) return null;
  await rm(errorPath(home), { force: true });
  return new KovaError(said.code, `${said.message}`, { next: `${said.next}` });
}

/** Null when the file is missing or not whole. */
async function readJson(file: string): Promise<object | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
