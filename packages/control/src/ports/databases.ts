import type { Secret } from '@kova/core/secret';

export interface Database {
  /** What an app connects with: `postgres://app:…@127.0.0.1:PORT/app`. */
  url: Secret;
  port: number;
}

/** `absent` when there are no files of one. */
export type DatabaseState = { state: 'running'; pid: number; database: Database } | { state: 'stopped' | 'absent' };

/** A database of its own for each environment of each project. */
export interface Databases {
  /**
   * Makes sure that the environment's database exists and runs; creates it the first time.
   * Idempotent: one that already runs is adopted, not restarted.
   */
  ensure(project: string, environment: string): Promise<Database>;

  /** The database as it is; starts and makes nothing. */
  look(project: string, environment: string): Promise<DatabaseState>;

  /** Stops it; its data stay. Idempotent. */
  stop(project: string, environment: string): Promise<void>;
}
