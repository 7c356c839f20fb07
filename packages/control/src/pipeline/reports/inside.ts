import { constants } from 'node:fs';
import { glob, open, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import type { Evidence } from '@kova/core/pipeline/evidence/evidence';
import { maxReportLength, readReport } from '@kova/core/pipeline/evidence/read';
import type { JobConfig } from '@kova/core/pipeline/job';

const maxFiles = 200;

/**
 * Reads the reports that lie in a workspace. A report that was not made gives no evidence. `begin` hears which files
 * are about to be read. @throws KovaError REPORT_MALFORMED with the file and the line; ARTEFACT_UNSAFE when one leads out
 */
export async function readInside(
  workspace: string,
  reports: JobConfig['reports'],
  begin: (files: string) => void,
): Promise<Evidence[]> {
  const root = await realpath(workspace);
  const evidence: Evidence[] = [];
  for (const { kind, path } of reports) {
    const files = await filesOf(root, path);
    if (files.length === 0) continue;
    const texts: string[] = [];
    begin(files.join(', '));
    for (const file of files) texts.push(await readFile(root, file));
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
async function readFile(root: string, file: string): Promise<string> {
  const path = join(root, file);
  if (!(await realpath(path)).startsWith(root + sep)) {
    throw new KovaError('ARTEFACT_UNSAFE', `the report ${file} leads out of the job's directory`);
  }
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new KovaError('ARTEFACT_UNSAFE', `the report ${file} is no file`);
    // A second name of a file elsewhere, where the system lets users make one.
    if (stats.nlink > 1 && stats.uid !== (await stat(root)).uid) {
      throw new KovaError('ARTEFACT_UNSAFE', `the report ${file} belongs to another user`);
    }
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
