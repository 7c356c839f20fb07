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

/** The whole id of the commit. @throws KovaError COMMIT_NOT_FOUND */
export async function resolveCommit(repository: string, revision: string): Promise<string> {
  const id = await tryGit(repository, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
  if (id !== null) return id.trim();
  const next = revision === 'HEAD' ? { next: 'Commit something first.' } : {};
  throw new KovaError('COMMIT_NOT_FOUND', `there is no commit ${revision} in ${repository}`, next);
}

/** The branch that is checked out; null when none is, or one whose name Kova does not take. */
export async function branchOf(repository: string): Promise<string | null> {
  const name = (await tryGit(repository, ['symbolic-ref', '--quiet', '--short', 'HEAD']))?.trim() ?? '';
  return isBranch(name) ? name : null;
}

/** Paths that differ from HEAD, new files included, ignored ones not. */
export async function dirtyFiles(repository: string): Promise<string[]> {
  const status = await git(repository, ['status', '--porcelain', '-z', '--no-renames']);
  return status.split('\0').flatMap((entry) => (entry === '' ? [] : [entry.slice(3)]));
}

/** @throws KovaError REPOSITORY_DIRTY */
export async function assertClean(repository: string): Promise<void> {
  const files = await dirtyFiles(repository);
  if (files.length === 0) return;
  const some = files.slice(0, 5).join(', ');
  const more = files.length > 5 ? ` and ${files.length - 5} more` : '';
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
