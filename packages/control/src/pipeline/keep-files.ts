import { cp, glob, lstat, mkdir, realpath, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { plain } from '@kova/core/pipeline/evidence/plain';
import type { JobConfig } from '@kova/core/pipeline/job';

const maxBytes = 512 * 1024 ** 2;
const maxFiles = 10_000;
const longestName = 200;
/** Copies lie deeper than the original, and the system names no path of more than 4096 bytes. */
const longestPath = 1024;
const tooLong = `its path is longer than ${longestPath} characters`;

/**
 * Copies what a job left for people out of a workspace that nothing works in any more: its reports, and what it names
 * in `keep`. Links are passed over, so that nothing from outside gets in, and so is what goes beyond 512 MiB or
 * 10,000 files; all of it is said and harms no job.
 */
export async function keepFiles(
  workspace: string,
  { reports, keep }: Pick<JobConfig, 'reports' | 'keep'>,
  target: string,
  say: (line: string) => void,
): Promise<void> {
  await rm(target, { recursive: true, force: true });
  const patterns = [...reports.map(({ path }) => path), ...keep];
  if (patterns.length === 0) return;
  const root = await realpath(workspace);
  const fits = chooser(root, say);
  const copied: string[] = [];
  let count = 0;
  for await (const path of glob(patterns, { cwd: root, exclude: ['**/node_modules'] })) {
    count += 1;
    if (count > maxFiles) return say(`no more is kept: a job may leave ${maxFiles} files`);
    const from = join(root, path);
    const name = plain(path, longestName);
    const why = await whyNot(root, from);
    if (why) say(`${name} is not kept: ${why}`);
    // A directory is copied with all in it, which a pattern may well name again.
    else if (copied.some((directory) => path.startsWith(directory + sep))) continue;
    else {
      await mkdir(dirname(join(target, path)), { recursive: true, mode: 0o700 });
      await cp(from, join(target, path), { recursive: true, filter: fits });
      copied.push(path);
    }
  }
}

async function whyNot(root: string, path: string): Promise<string | null> {
  // First, as the system takes the longer to follow a path, the longer it is.
  if (path.length - root.length > longestPath) return tooLong;
  const there = await realpath(path).catch(() => null);
  if (there === null) return 'it is a link to nothing, or its name is no text';
  if (there !== path) return 'it is reached by a link';
  return path.startsWith(root + sep) ? null : "it lies outside of the job's directory";
}

/** Says of each file whether it is copied: plain files are while there is room, directories for what is in them. */
function chooser(root: string, say: (line: string) => void): (file: string) => Promise<boolean> {
  let room = maxBytes;
  let count = 0;
  return async (file) => {
    if (count > maxFiles) return false;
    if (file.length - root.length > longestPath) {
      say(`${plain(relative(root, file), longestName)} is not kept: ${tooLong}`);
      return false;
    }
    const found = await lstat(file).catch(() => null);
    if (!found?.isFile()) return found?.isDirectory() ?? false;
    count += 1;
    const fits = found.size <= room && count <= maxFiles;
    if (fits) room -= found.size;
    else if (count <= maxFiles) {
      say(`${plain(relative(root, file), longestName)} is not kept: a job may leave ${maxBytes / 1024 ** 2} MiB`);
    } else if (count === maxFiles + 1) say(`no more is kept: a job may leave ${maxFiles} files`);
    return fits;
  };
}
