import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../check.ts';
import { runTool } from '../run.ts';

/** What tools make, wherever it lies. */
const made = new Set('node_modules .git .next .nuxt .output .svelte-kit .turbo .cache .vercel .kova'.split(' '));
/** What tools make at the top; further down a directory of that name is the project's own. */
const madeAtTop = /^(?:coverage|reports|playwright-report|test-results)\//;

/**
 * The project's own files below its directory, sorted: what git knows or could add; without git all, except what tools
 * make. Links are not followed.
 */
export async function sourceFiles({ cwd, env }: Place): Promise<string[]> {
  const listed = (await byGit(cwd, env)) ?? (await byWalk(cwd));
  return listed.filter((file) => !madeAtTop.test(file) && !file.split('/').some((part) => made.has(part))).sort();
}

async function byGit(cwd: string, env: NodeJS.ProcessEnv): Promise<string[] | null> {
  const argv = ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { exitCode, stdout } = await runTool(argv, { cwd, env, timeoutMs: 60_000 }).catch(() => ({
    exitCode: 1,
    stdout: '',
  }));
  const files = stdout.split('\0').filter(Boolean);
  return exitCode === 0 && files.length > 0 ? files : null;
}

async function byWalk(cwd: string, directory = ''): Promise<string[]> {
  const entries = await readdir(join(cwd, directory), { withFileTypes: true });
  const nested = entries.map((entry) => {
    const path = directory ? `${directory}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return made.has(entry.name) ? [] : byWalk(cwd, path);
    return entry.isFile() ? [path] : [];
  });
  return (await Promise.all(nested)).flat();
}
