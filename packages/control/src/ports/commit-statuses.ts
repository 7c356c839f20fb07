import type { CommitStatus } from '@kova/core/repository/status';
import type { Secret } from '@kova/core/secret';

/** A commit where its provider knows it. */
export interface StatusTarget {
  /** The address of the repository. */
  url: string;
  /** The provider's API, where it is not at its usual place. */
  api: string | null;
  token: Secret;
  commit: string;
}

/** The API of a provider that shows beside a commit what became of it. */
export interface CommitStatuses {
  /**
   * Tells the status; the last one told for a context counts. Told twice it is the same.
   * @param link where people can follow it
   * @throws StatusRefused
   */
  tell(target: StatusTarget, status: CommitStatus, link: string | null): Promise<void>;
}

/** A provider did not take a status. */
export class StatusRefused extends Error {
  /** Asking again cannot help: the token, the repository or the commit is not as it should be. */
  readonly isFinal: boolean;
  /** How long it wants to be left alone, ms. */
  readonly afterMs: number | null;

  constructor(message: string, { isFinal, afterMs = null }: { isFinal: boolean; afterMs?: number | null }) {
    super(message);
    this.isFinal = isFinal;
    this.afterMs = afterMs;
  }
}
