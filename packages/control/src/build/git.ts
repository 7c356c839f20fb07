import { join } from 'node:path';
import { nameSchema } from '@kova/core/config/values';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Secret } from '@kova/core/secret';
import { isDiskFull } from '../artefacts/disk-full.ts';
import { run } from '../commands/run.ts';
import type { CommitInfo } from '../ports/builder.ts';

export interface GitOptions {
  env?: Record<string, string | Secret>;
  cwd?: string;
  signal?: AbortSignal;
  /** More settings, `name=value`. */
  settings?: readonly string[];
}

const timeoutMs = 10 * 60_000;

/** What a repository from outside could use to run programs, to reach other places or to ask questions is off. */
const hardened = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'protocol.allow=never',
  'protocol.file.allow=always',
  'transfer.fsckObjects=true',
  'fetch.fsck.zeroPaddedFilemode=ignore',
  'fetch.fsck.badTimezone=ignore',
  'gc.autoDetach=false',
].flatMap((setting) => ['-c', setting]);

const environment = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C.UTF-8',
};

/**
 * Runs git on a bare repository and gives the lines of its output.
 * @throws KovaError COMMAND_FAILED with git's own words, DISK_FULL
 */
export async function git(repository: string, args: readonly string[], options: GitOptions = {}): Promise<string[]> {
  const lines: string[] = [];
  const more = (options.settings ?? []).flatMap((setting) => ['-c', setting]);
  const { exitCode, tail } = await run({
    argv: ['git', ...hardened, ...more, '-c', `safe.directory=${repository}`, '--git-dir', repository, ...args],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', ...environment, ...options.env },
    timeoutMs,
    onLine: (line, stream) => {
      if (stream === 'stdout') lines.push(line);
    },
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (exitCode === 0) return lines;
  const words = tail.slice(-5).join('\n');
  const isFull = /No space left on device|unable to write file/.test(words) || (await isDiskFull(repository));
  const code = isFull ? 'DISK_FULL' : 'COMMAND_FAILED';
  throw new KovaError(code, `git ${args[0]} failed: ${words || `exit code ${exitCode}`}`);
}

/** @throws KovaError INPUT_INVALID when the name could be anything but one directory below */
export function repositoryOf(repositories: string, project: string): string {
  const name = nameSchema.safeParse(project);
  if (!name.success) throw new KovaError('INPUT_INVALID', `"${project}" is not the name of a project`);
  return join(repositories, `${name.data}.git`);
}

/** @throws KovaError INPUT_INVALID */
export function assertSha(commit: string): void {
  if (!/^[0-9a-f]{40}$/.test(commit)) {
    throw new KovaError('INPUT_INVALID', `"${commit}" is not a full commit id; it has 40 hex digits`);
  }
}

/** The ref that keeps a commit from being collected. */
export const refOf = (commit: string) => `refs/kova/${commit}`;

/** @throws KovaError COMMIT_NOT_FOUND */
export async function commitInfo(repository: string, commit: string): Promise<CommitInfo> {
  const lines = await git(repository, [
    'show',
    '-s',
    '--no-mailmap',
    '--format=%H%n%an%n%cI%n%B',
    refOf(commit),
    '--',
  ]).catch((cause: unknown) => {
    throw new KovaError('COMMIT_NOT_FOUND', `Kova has not been sent the commit ${commit}`, { cause });
  });
  const [sha = commit, author = '', committedAt = '', ...message] = lines;
  return { sha, author, message: message.join('\n').trim(), committedAt: new Date(committedAt) };
}
