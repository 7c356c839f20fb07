import { createHash } from 'node:crypto';
import { copyFile, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Scrub } from '../commands/scrubber.ts';
import type { JobRef } from '../ports/job-runner.ts';

export interface JobLog {
  path: string;
  /** Adds some lines; resolves when they are in the file, so that who prints faster than that can be made to wait. */
  write(lines: string): Promise<void>;
  /** Waits until what was said is in the file. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const maxBytes = 256 * 1024 ** 2;
const longestName = 200;

/** Where all lies that the jobs of a run said and left. */
export function runPath(logs: string, run: string): string {
  return join(logs, 'jobs', fileNameOf(run));
}

/** Any name as that of one file, wherever files are taken to; values of a matrix may be of any kind and length. */
function fileNameOf(name: string): string {
  const safe = encodeURIComponent(name).replaceAll('*', '%2A');
  if (safe.length <= longestName) return safe;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${safe.slice(0, longestName)}-${digest}`;
}

export function jobLogPath(logs: string, { run, name }: JobRef): string {
  return join(runPath(logs, run), `${fileNameOf(name)}.log`);
}

/** The directory of the files that a job left for people: its reports and what it names in `keep`. */
export function jobFilesPath(logs: string, { run, name }: JobRef): string {
  return join(runPath(logs, run), fileNameOf(name));
}

/** Begins the log of a job anew, 256 MiB at most, each line scrubbed. A log that cannot be written harms no job. */
export async function openJobLog(logs: string, ref: JobRef, scrub: Scrub = (line) => line): Promise<JobLog> {
  const path = jobLogPath(logs, ref);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'w', 0o600);
  let room = maxBytes;
  let written = Promise.resolve();
  return {
    path,
    write(said) {
      if (room <= 0) return written;
      const lines = scrub(said);
      room -= lines.length + 1;
      const text = room > 0 ? `${lines}\n` : 'the rest is left out: the log is full\n';
      written = written.then(() => file.appendFile(text)).catch(() => undefined);
      return written;
    },
    flush: () => written,
    async close() {
      await written;
      await file.close();
    },
  };
}

/** The log of an earlier run as that of this one. One that is gone by now is no reason to run the job again. */
export async function copyJobLog(from: string, logs: string, ref: JobRef): Promise<void> {
  const path = jobLogPath(logs, ref);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await copyFile(from, path).catch(() => undefined);
}
