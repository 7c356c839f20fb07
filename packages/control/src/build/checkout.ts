import { join } from 'node:path';
import { remember } from '../remember.ts';
import type { BuildDirectory } from './directory.ts';
import { commitInfo, type GitOptions, git, refOf, repositoryOf } from './git.ts';

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

/** A commit does not change, and each of its jobs takes it out. */
const notesOf = remember<readonly string[]>(200);

/**
 * Writes the files of a commit, and nothing of git, into the source of a build directory.
 * Submodules stay empty and Git LFS files stay pointers; both are said in a line.
 * @throws KovaError COMMIT_NOT_FOUND
 */
export async function checkout(request: CheckoutRequest): Promise<void> {
  const { commit, directory, signal, onLine } = request;
  const { root, source } = directory;
  const repository = repositoryOf(request.repositories, request.project);
  const options = { env: { GIT_INDEX_FILE: join(root, 'index'), GIT_WORK_TREE: source }, cwd: source, signal };
  await git(repository, ['read-tree', '-u', '--reset', refOf(commit)], options).catch(async (error: unknown) => {
    signal.throwIfAborted();
    // That there is no such commit is told best by the one who looks for it.
    await commitInfo(repository, commit);
    throw error;
  });
  const notes = await notesOf(`${repository} ${commit}`, () => leftOut(repository, commit, options));
  for (const note of notes) onLine(`note: ${note}`);
}

/** What of the commit in the index is not written, in words. */
async function leftOut(repository: string, commit: string, options: GitOptions): Promise<string[]> {
  const entries = await git(repository, ['ls-tree', '-r', '--full-tree', refOf(commit)], options);
  const hasAttributes = entries.some((line) => /[\t/]\.gitattributes"?$/.test(line));
  const lfs = ['ls-files', ':(attr:filter=lfs)'];
  const [large] = hasAttributes ? await git(repository, lfs, options).catch((): string[] => []) : [];
  return [
    ...entries
      .filter((line) => line.startsWith('160000 '))
      .map((line) => `the submodule ${line.split('\t')[1]} is left empty; Kova builds one repository`),
    ...(large ? [`${large} and other Git LFS files are pointers in this build; Kova does not fetch them`] : []),
  ];
}
