import type { ProjectConfig } from '@kova/core/config/schema';

export interface BuildRequest {
  project: string;
  commit: string;
  /** Called for each line the build prints, already scrubbed. */
  onLine: (line: string) => void;
  signal: AbortSignal;
}

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

/** Takes a commit of a project to an artefact in a clean directory, without Kova's rights or secrets. */
export interface Builder {
  /** Idempotent: building a commit again gives an artefact of its own digest and harms nothing. */
  build(request: BuildRequest): Promise<BuiltRelease>;
}

/** The commits that Kova has been sent, one bare repository a project. */
export interface Commits {
  /** Takes in a git bundle. Idempotent. @throws KovaError BUNDLE_INVALID, COMMIT_NOT_FOUND */
  receive(project: string, commit: string, bundle: AsyncIterable<Uint8Array>): Promise<CommitInfo>;
  has(project: string, commit: string): Promise<boolean>;
}
