import { cp, glob, lstat, mkdir, realpath, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { JobConfig } from '@kova/core/pipeline/job';

const maxBytes = 512 * 1024 ** 2;

/**
 * Copies what a job left for people out of a workspace that nothing works in any more: its reports, and what it names
 * in `keep`. Links are passed over, so that nothing from outside gets in, and so is what goes beyond 512 MiB; either
 * is said and harms no job.
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
  for await (const path of glob(patterns, { cwd: root, exclude: ['**/node_modules'] })) {
    const from = join(root, path);
    if ((await realpath(from).catch(() => null)) !== from) say(`${path} is not kept: it is reached by a link`);
    else {
      await mkdir(dirname(join(target, path)), { recursive: true, mode: 0o700 });
      await cp(from, join(target, path), { recursive: true, filter: fits });
    }
  }
}

/** Says of each file whether it is copied: plain files are while there is room, directories for what is in them. */
function chooser(root: string, say: (line: string) => void): (file: string) => Promise<boolean> {
  let room = maxBytes;
  return async (file) => {
    const found = await lstat(file);
    if (!found.isFile()) return found.isDirectory();
    const fits = found.size <= room;
    if (fits) room -= found.size;
    else say(`${relative(root, file)} is not kept: what a job leaves may take ${maxBytes / 1024 ** 2} MiB`);
    return fits;
  };
}
