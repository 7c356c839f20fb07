import type { Secret } from '@kova/core/secret';

export interface Database {
  /** What an app connects with: `postgres://app:…@127.0.0.1:PORT/app`. */
  url: Secret;
  port: number;
}

/** A database of its own for each environment of each project. */
export interface Databases {
  /**
   * Makes sure that the environment's database exists and runs; creates it the first time.
   * Idempotent: one that already runs is adopted, not restarted.
   */
  ensure(project: string, environment: string): Promise<Database>;

  /** Whether it runs; `absent` when there are no files of one. Starts nothing. */
  state(project: string, environment: string): Promise<'running' | 'stopped' | 'absent'>;

  /** Stops it; its data stay. Idempotent. */
  stop(project: string, environment: string): Promise<void>;
}
