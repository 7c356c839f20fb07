import type { ProjectConfig } from '@kova/core/config/schema';

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
}
