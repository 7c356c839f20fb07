import type { Identity } from '../home/unprivileged.ts';
import type { JobReport } from './job-runner.ts';

/** A result as it is kept. */
export interface Kept {
  report: JobReport;
  /** The log of the run that made it. */
  log: string;
  /** Of the outputs, on the disk. */
  bytes: number;
}

/** What jobs came to, by the digest of all that it depends on. A result is there as a whole or not at all. */
export interface Results {
  /** Null when there is none. Whoever asks for a result keeps it from being pruned for a while. */
  find(key: string): Promise<Kept | null>;

  /**
   * Takes the outputs out of a workspace that nothing works in any more, and keeps them with the report and a copy of
   * the files that the job left for people, if any. A result that is there already stays.
   * @throws KovaError ARTEFACT_UNSAFE when an output leads out of it
   */
  keep(key: string, result: Omit<Kept, 'bytes'>, workspace: string, files?: string | null): Promise<void>;

  /** Puts the outputs of a result into a workspace, for `as`. Safe to call again. */
  layOut(key: string, workspace: string, as: Identity | null): Promise<void>;

  /** Puts the files that were left with a result where those of another run are looked for. */
  layOutFiles(key: string, target: string): Promise<void>;

  /** Keeps so many bytes at most, those used last. Returns the bytes freed. */
  prune(maxBytes: number): Promise<number>;
}
