import { join } from 'node:path';
import type { CommitInfo } from '../ports/builder.ts';
import type { BuildDirectory } from './directory.ts';
import { commitInfo, git, refOf, repositoryOf } from './git.ts';

export interface CheckoutRequest {
  /** Where the repositories of all projects are. */
  repositories: string;
  project: string;
  commit: string;
  /** Its source is empty yet. */
  directory: BuildDirectory;
  signal: AbortSignal;
  onLine: (line: string) => void;
}

/**
 * Writes the files of a commit, and nothing of git, into the source of a build directory.
 * Submodules stay empty and Git LFS files stay pointers; both are said in a line.
 * @throws KovaError COMMIT_NOT_FOUND
 */
export async function checkout(request: CheckoutRequest): Promise<CommitInfo> {
  const { commit, directory, signal, onLine } = request;
  const { root, source } = directory;
  const repository = repositoryOf(request.repositories, request.project);
  const info = await commitInfo(repository, commit);
  const options = { env: { GIT_INDEX_FILE: join(root, 'index'), GIT_WORK_TREE: source }, cwd: source, signal };
  await git(repository, ['read-tree', refOf(commit)], options);
  const [entries, [large]] = await Promise.all([
    git(repository, ['ls-files', '--stage'], options),
    git(repository, ['ls-files', ':(attr:filter=lfs)'], options).catch(() => []),
    git(repository, ['checkout-index', '--all', '--force'], options),
  ]);
  for (const entry of entries.filter((line) => line.startsWith('160000 '))) {
    onLine(`note: the submodule ${entry.split('\t')[1]} is left empty; Kova builds one repository`);
  }
  if (large) onLine(`note: ${large} and other Git LFS files are pointers in this build; Kova does not fetch them`);
  return info;
}
