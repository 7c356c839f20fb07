import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { run } from '../commands/run.ts';
import { homeAt, homePath } from '../home/home.ts';
import { runPath } from './log.ts';

/** What a key looks like; whatever else lies in a directory is none of ours. */
const keyName = /^[0-9a-f]{64}$/;
const limitMs = 300_000;

/**
 * Takes the results that another machine has left in a directory into this home, where jobs of the same key find
 * them; one that is there already stays. What was taken is in the directory no more.
 */
export async function takeResults(env: NodeJS.ProcessEnv, directory: string): Promise<number> {
  const { results } = homeAt(homePath(env));
  await mkdir(results, { recursive: true, mode: 0o700 });
  const keys = (await readdir(directory).catch(() => [])).filter((name) => keyName.test(name));
  for (const key of keys) {
    const draft = join(results, `.draft-${key}`);
    await rm(draft, { recursive: true, force: true });
    await copyTree(join(directory, key), draft);
    await rename(draft, join(results, key)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    await rm(draft, { recursive: true, force: true });
    await rm(join(directory, key), { recursive: true, force: true });
  }
  return keys.length;
}

/** Leaves results of this home in a directory, for another machine. @returns the keys of those that there are */
export async function leaveResults(
  env: NodeJS.ProcessEnv,
  keys: readonly string[],
  directory: string,
): Promise<string[]> {
  const { results } = homeAt(homePath(env));
  await mkdir(directory, { recursive: true });
  const there = new Set(await readdir(results));
  const left = keys.filter((key) => keyName.test(key) && there.has(key));
  for (const key of left) {
    await rm(join(directory, key), { recursive: true, force: true });
    await copyTree(join(results, key), join(directory, key));
  }
  return left;
}

/**
 * Leaves what the jobs of a run said, and left for people, in a directory: `<job>.log`, and `<job>/` for its files.
 * @returns the paths of all that is in there now
 */
export async function leaveReports(env: NodeJS.ProcessEnv, id: string, directory: string): Promise<string[]> {
  const from = runPath(homeAt(homePath(env)).logs, id);
  await mkdir(directory, { recursive: true });
  await cp(from, directory, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  return readdir(directory, { recursive: true });
}

/** As it is, links, modes and files that are one included: `node_modules` has all three. */
async function copyTree(from: string, to: string): Promise<void> {
  const argv = ['cp', '-a', '--reflink=auto', '-T', from, to];
  const { exitCode, tail } = await run({ argv, env: { PATH: '/usr/bin:/bin' }, timeoutMs: limitMs });
  if (exitCode !== 0) throw new KovaError('COMMAND_FAILED', `cp failed: ${tail.slice(-3).join('\n')}`);
}
