import { constants } from 'node:fs';
import { glob, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import type { Evidence } from '@kova/core/pipeline/evidence/evidence';
import { maxReportLength, readReport } from '@kova/core/pipeline/evidence/read';
import type { JobConfig } from '@kova/core/pipeline/job';

const maxFiles = 200;

/**
 * Reads the reports that a job has left in its workspace, in which nothing works any more. A report that was not made
 * gives no evidence. @throws KovaError REPORT_MALFORMED with the file and the line; ARTEFACT_UNSAFE when one leads out
 */
export async function readReports(workspace: string, reports: JobConfig['reports']): Promise<Evidence[]> {
  const root = await realpath(workspace);
  const evidence: Evidence[] = [];
  for (const { kind, path } of reports) {
    const files = await filesOf(root, path);
    if (files.length === 0) continue;
    const texts: string[] = [];
    for (const file of files) texts.push(await readInside(root, file));
    evidence.push(await explained(files, () => readReport(kind, texts, root)));
  }
  return evidence;
}

async function filesOf(root: string, pattern: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob(pattern, { cwd: root })) {
    files.push(file);
    if (files.length > maxFiles) throw new KovaError('REPORT_MALFORMED', `${pattern} fits more than ${maxFiles} files`);
  }
  return files.sort();
}

/** What was written by others is read by Kova: a link could name any file of the machine. */
async function readInside(root: string, file: string): Promise<string> {
  const path = join(root, file);
  if (!(await realpath(path)).startsWith(root + sep)) {
    throw new KovaError('ARTEFACT_UNSAFE', `the report ${file} leads out of the job's directory`);
  }
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new KovaError('ARTEFACT_UNSAFE', `the report ${file} is no file`);
    if (stats.size <= maxReportLength) return await handle.readFile('utf8');
    const [size, limit] = [stats.size, maxReportLength].map((bytes) => Math.round(bytes / 1024 ** 2));
    throw new KovaError('REPORT_MALFORMED', `${file} has ${size} MiB; ${limit} MiB is the limit`);
  } finally {
    await handle.close();
  }
}

/** Says in which file it is; of several, all, since they are read as one. */
async function explained<T>(files: readonly string[], read: () => T): Promise<T> {
  try {
    return read();
  } catch (error) {
    if (!hasCode(error, 'REPORT_MALFORMED')) throw error;
    throw new KovaError('REPORT_MALFORMED', `${files.join(', ')}: ${(error as Error).message}`);
  }
}
