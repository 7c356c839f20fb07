import type { ProjectConfig } from '@kova/core/config/schema';
import type { Secret } from '@kova/core/secret';

export interface BuiltRelease {
  config: ProjectConfig;
  artefact: { digest: string; bytes: number };
  commit: CommitInfo;
}

export interface CommitInfo {
  sha: string;
  message: string;
  author: string;
  committedAt: Date;
}

/** The commits that Kova has been sent, one bare repository a project. */
export interface Commits {
  /** Takes in a git bundle. Idempotent. @throws KovaError BUNDLE_INVALID, COMMIT_NOT_FOUND */
  receive(project: string, commit: string, bundle: AsyncIterable<Uint8Array>): Promise<CommitInfo>;
  has(project: string, commit: string): Promise<boolean>;
  /** @throws KovaError COMMIT_NOT_FOUND */
  info(project: string, commit: string): Promise<CommitInfo>;
  /**
   * Takes in the commit that a ref of a remote repository has now. Idempotent.
   * @throws KovaError REMOTE_UNREACHABLE, COMMIT_NOT_FOUND when there is no such ref, DISK_FULL
   */
  fetch(project: string, remote: Remote, ref: string, signal?: AbortSignal): Promise<CommitInfo>;
  /**
   * The commit of each branch of a remote repository, and the name of its default branch.
   * @throws KovaError REMOTE_UNREACHABLE
   */
  heads(remote: Remote, signal?: AbortSignal): Promise<RemoteHeads>;
}

/** A repository elsewhere. */
export interface Remote {
  /** As `readAddress` gives it. */
  url: string;
  /** Lets Kova read it over http. */
  token: Secret | null;
}

export interface RemoteHeads {
  /** By the name of the branch. */
  branches: Record<string, string>;
  default: string | null;
}
