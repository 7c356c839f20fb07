import type { SlotSpec } from './runtime.ts';

/** What one release does to its environment's database before its instances start. */
export interface Migration extends Pick<SlotSpec, 'slot' | 'directory' | 'runtime' | 'image' | 'limits' | 'env'> {
  /** Of the deployment that it belongs to. */
  id: string;
  argv: readonly string[];
  timeoutMs: number;
}

export interface MigrationEnding {
  /** `exited with 3`, `was killed by SIGTERM`, `could not be started (…)`; null when it did what it should. */
  failure: string | null;
  /** What to do about it, where more is known than its own lines tell. */
  next?: string;
  /** The last lines of its output, scrubbed; none need be kept of one that did what it should. */
  tail: readonly string[];
}

/** Runs the migrations of releases in what the releases run in, as the app and with no more rights. */
export interface Migrator {
  /**
   * Runs it to its end, by timeout and abort at the latest, and leaves nothing of it running. What is left of an
   * earlier run, by a control plane that died, is ended first: two never run side by side.
   * @throws KovaError STEP_TIMEOUT after `timeoutMs`; the signal's reason on abort; COMMAND_FAILED, ENGINE_UNAVAILABLE,
   *   ENGINE_FAILED, DISK_FULL
   */
  run(migration: Migration, signal: AbortSignal): Promise<MigrationEnding>;

  /**
   * Ends what a control plane that died has left. Idempotent; what cannot be reached now is ended before the next run.
   */
  endLeftovers(): Promise<void>;
}
