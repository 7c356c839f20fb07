import { KovaError } from '@kova/core/errors/kova-error';
import { isBranch } from '@kova/core/repository/branch';
import { git, tryGit } from './git.ts';

/** The top of the working tree that the directory is in. @throws KovaError INPUT_INVALID */
export async function findRepository(directory: string): Promise<string> {
  const top = await tryGit(directory, ['rev-parse', '--show-toplevel']);
  if (top !== null && top.trim() !== '') return top.replace(/\n$/, '');
  throw new KovaError('INPUT_INVALID', `${directory} is not in a git working tree`, {
    next: 'Run this in the repository of the app, or name it with --dir.',
  });
}

/** The whole id of the commit. @throws KovaError COMMIT_NOT_FOUND, INPUT_INVALID */
export async function resolveCommit(directory: string, revision: string): Promise<string> {
  const id = await tryGit(directory, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  return id?.trim() ?? (await throwMissing(directory, revision));
}

/** Of a directory that is in no working tree, that is said. */
async function throwMissing(directory: string, revision: string, next?: string): Promise<never> {
  const repository = await findRepository(directory);
  const message = `there is no commit ${revision} in ${repository}`;
  throw new KovaError('COMMIT_NOT_FOUND', message, next === undefined ? {} : { next });
}

/** What is checked out. */
export interface CheckedOut {
  commit: string;
  /** Null when none is, or one whose name Kova does not take. */
  branch: string | null;
  /** Paths that differ from the commit, new files included, ignored ones not. */
  changed: string[];
}

/** In how many fields an entry of `git status` leads up to its path, by its kind. */
const fieldsBefore: Readonly<Record<string, number>> = { '1': 8, u: 10, '?': 1 };

/** @throws KovaError COMMIT_NOT_FOUND before the first commit; INPUT_INVALID */
export async function checkedOut(directory: string): Promise<CheckedOut> {
  const status = await tryGit(directory, ['status', '--porcelain=v2', '--branch', '-z', '--no-renames']);
  const entries = status?.split('\0') ?? [];
  const header = (name: string) =>
    entries.find((entry) => entry.startsWith(`# ${name} `))?.slice(name.length + 3) ?? '';
  const commit = header('branch.oid');
  if (!/^[0-9a-f]+$/.test(commit)) return throwMissing(directory, 'HEAD', 'Commit something first.');
  const branch = header('branch.head');
  const changed = entries.flatMap((entry) => {
    const fields = fieldsBefore[entry[0] ?? ''];
    return fields === undefined ? [] : [entry.split(' ').slice(fields).join(' ')];
  });
  return { commit, branch: isBranch(branch) && branch !== '(detached)' ? branch : null, changed };
}

/** @throws KovaError REPOSITORY_DIRTY */
export function assertClean({ changed }: CheckedOut): void {
  if (changed.length === 0) return;
  const some = changed.slice(0, 5).join(', ');
  const more = changed.length > 5 ? ` and ${changed.length - 5} more` : '';
  throw new KovaError('REPOSITORY_DIRTY', `these are not committed: ${some}${more}`);
}

/** @throws KovaError REPOSITORY_SHALLOW */
export async function assertWhole(repository: string): Promise<void> {
  const shallow = await git(repository, ['rev-parse', '--is-shallow-repository']);
  if (shallow.trim() === 'true') throw new KovaError('REPOSITORY_SHALLOW', `${repository} lacks a part of its history`);
}

/** The text of a file, by its path from the top, as the commit has it; null when it has none. */
export function fileAt(repository: string, revision: string, path: string): Promise<string | null> {
  return tryGit(repository, ['show', '--end-of-options', `${revision}:${path}`]);
}
