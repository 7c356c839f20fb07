import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Scrub } from '../commands/scrubber.ts';
import type { JobRef } from '../ports/job-runner.ts';

export interface JobLog {
  path: string;
  write(line: string): void;
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
  const file = createWriteStream(path, { mode: 0o600 });
  file.on('error', () => {});
  let room = maxBytes;
  return {
    path,
    write(said) {
      if (room <= 0 || file.destroyed) return;
      const line = scrub(said);
      room -= line.length + 1;
      file.write(room > 0 ? `${line}\n` : 'the rest is left out: the log is full\n');
    },
    flush: () => new Promise((resolve) => (file.destroyed ? resolve() : file.write('', () => resolve()))),
    async close() {
      file.end();
      await finished(file).catch(() => {});
    },
  };
}

/** The log of an earlier run as that of this one. One that is gone by now is no reason to run the job again. */
export async function copyJobLog(from: string, logs: string, ref: JobRef): Promise<void> {
  const path = jobLogPath(logs, ref);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await copyFile(from, path).catch(() => undefined);
}
