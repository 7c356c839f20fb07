import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import { explainDiskFull } from '../artefacts/disk-full.ts';
import { isThere } from '../commands/is-there.ts';
import type { CommitInfo, Commits } from '../ports/builder.ts';
import { Serial } from '../serial.ts';
import { fetchRef, remoteHeads } from './fetch.ts';
import { assertSha, commitInfo, git, refOf, repositoryOf } from './git.ts';

export interface CommitsOptions {
  /** Bytes that a bundle may have; default 1 GiB. */
  maxBundleBytes?: number;
}

const gibibyte = 1024 ** 3;
/** Of how many commits is remembered that they are there. */
const rememberedCommits = 10_000;

/**
 * One bare repository a project, `<repositories>/<project>.git`; each commit received is kept by `refs/kova/<sha>`.
 *
 * A bundle must name the commit by a ref, since git makes none of a bare id. For HEAD that is
 * `git bundle create FILE HEAD`; for any other commit
 * `git update-ref refs/kova/ship SHA`, `git bundle create FILE refs/kova/ship`, `git update-ref -d refs/kova/ship`.
 * To send only what is new, add `--not KNOWN` with a commit for which `has` is true. A bundle from a shallow clone
 * lacks history and is refused.
 */
export function createCommits(repositories: string, options: CommitsOptions = {}): Commits {
  const maxBytes = options.maxBundleBytes ?? gibibyte;
  const serial = new Serial<string>();
  const kept = new Set<string>();
  return {
    async receive(project, commit, bundle) {
      const repository = repositoryOf(repositories, project);
      assertSha(commit);
      return serial.run(repository, () => receive(repository, commit, bundle, maxBytes));
    },
    async has(project, commit) {
      assertSha(commit);
      const repository = repositoryOf(repositories, project);
      // One that is there stays, so git is asked once; a repository that somebody has removed is sent anew.
      if (kept.has(`${project} ${commit}`)) return isThere(repository);
      const found = await holds(repository, commit);
      if (kept.size === rememberedCommits) kept.clear();
      if (found) kept.add(`${project} ${commit}`);
      return found;
    },
    async info(project, commit) {
      assertSha(commit);
      return commitInfo(repositoryOf(repositories, project), commit);
    },
    async fetch(project, remote, ref, signal) {
      const repository = repositoryOf(repositories, project);
      return serial.run(repository, async () => {
        await ensureRepository(repository);
        return fetchRef(repository, remote, ref, signal);
      });
    },
    heads: (remote, signal) => remoteHeads(repositories, remote, signal),
  };
}

async function receive(
  repository: string,
  commit: string,
  bundle: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<CommitInfo> {
  if (await holds(repository, commit)) return commitInfo(repository, commit);
  const file = `${repository}.${randomUUID()}.bundle`;
  try {
    await ensureRepository(repository);
    await pipeline(atMost(bundle, maxBytes), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    await takeIn(repository, commit, file);
    return await commitInfo(repository, commit);
  } catch (error) {
    throw explainDiskFull(error, 'receiving a bundle', repository);
  } finally {
    await rm(file, { force: true });
  }
}

async function ensureRepository(repository: string): Promise<void> {
  await mkdir(repository, { recursive: true, mode: 0o700 });
  await git(repository, ['init', '--bare', '--quiet']);
}

async function takeIn(repository: string, commit: string, file: string): Promise<void> {
  await invalidUnless(git(repository, ['bundle', 'verify', '--quiet', file]));
  const heads = await invalidUnless(git(repository, ['bundle', 'list-heads', file]));
  const ids = heads.map((line) => line.split(' ')[0]);
  if (!ids.includes(commit)) throw notIn(commit, `it holds ${ids.join(', ')}`);
  const fetch = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
  await invalidUnless(git(repository, [...fetch, file, `${commit}:${refOf(commit)}`]));
  const [type] = await git(repository, ['cat-file', '-t', commit]);
  if (type === 'commit') return;
  await git(repository, ['update-ref', '-d', refOf(commit)]);
  throw notIn(commit, `that is a ${type}`);
}

function notIn(commit: string, why: string): KovaError {
  return new KovaError('COMMIT_NOT_FOUND', `the bundle does not hold the commit ${commit}: ${why}`);
}

async function invalidUnless(work: Promise<string[]>): Promise<string[]> {
  return work.catch((cause: Error) => {
    if (!hasCode(cause, 'COMMAND_FAILED')) throw cause;
    throw new KovaError('BUNDLE_INVALID', `the bundle cannot be taken in: ${cause.message}`, { cause });
  });
}

async function* atMost(chunks: AsyncIterable<Uint8Array>, bytes: number): AsyncIterable<Uint8Array> {
  let seen = 0;
  for await (const chunk of chunks) {
    seen += chunk.length;
    if (seen > bytes) throw new KovaError('BUNDLE_INVALID', `the bundle is larger than ${bytes} bytes`);
    yield chunk;
  }
}

async function holds(repository: string, commit: string): Promise<boolean> {
  if (!(await isThere(join(repository, 'HEAD')))) return false;
  return git(repository, ['cat-file', '-e', `${refOf(commit)}^{commit}`]).then(
    () => true,
    (error) => {
      if (hasCode(error, 'COMMAND_FAILED')) return false;
      throw error;
    },
  );
}
