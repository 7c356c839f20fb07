import type { ProjectConfig } from '@kova/core/config/schema';
import type { Secret } from '@kova/core/secret';

/** What a release asks for beside itself. */
export interface ServicesWish {
  project: string;
  environment: string;
  /** Its services run in what it runs in itself. */
  config: Pick<ProjectConfig, 'runtime' | 'services'>;
}

export interface ServiceState {
  kind: 'postgres' | 'redis';
  /**
   * Of a process `running`, `stopped`, or `absent` without its files; of a container `healthy`, `starting`,
   * `unhealthy`, `restarting`, `ended` just now, `stopped`, `missing`, or `unknown` while the engine is away.
   */
  state: string;
  /** `127.0.0.1:16021`; null when it has none. */
  address: string | null;
  /** Why it is in this state, for people; empty when all is well. */
  reason: string;
}

/**
 * The variables as `ensure` gives them, with the numbers of the first processes, or what is wrong: `ending` while
 * whoever stopped it may start it again, `absent` when there is nothing left of a database.
 */
export type ServicesLook =
  | { state: 'running'; processes: string; variables: Record<string, Secret> }
  | { state: 'stopped' | 'ending' | 'absent'; reason: string };

/** Databases and caches, of their own for each environment of each project. */
export interface Services {
  /**
   * Makes sure that what is asked for exists, runs and lets the app in; creates it the first time. What runs is
   * adopted, not restarted; with `adjust` it is restarted where its image or memory is to be another one. Idempotent.
   * @returns the app's variables, such as DATABASE_URL
   * @throws KovaError CONFLICT when the data are kept by the other runtime; SERVICE_FAILED, POSTGRES_FAILED,
   *   IMAGE_UNUSABLE, ENGINE_UNAVAILABLE
   */
  ensure(wish: ServicesWish, options?: { adjust?: boolean }): Promise<Record<string, Secret>>;

  /** Whether they let the app in as they are; starts and makes nothing. Rejects for no state that they may be in. */
  look(wish: ServicesWish): Promise<ServicesLook>;

  /** As they are now, whether or not they should be; never throws. */
  states(wish: ServicesWish): Promise<ServiceState[]>;
}
