import type { ControlProcess } from '@kova/control/launch';
import type { Claims } from './claims.ts';
import type { Driver } from './driver.ts';
import type { Load } from './load.ts';
import type { DemoRuntime, Repository } from './repository.ts';
import type { Say } from './say.ts';

export const project = 'storefront';
export const production = 'production';
export const host = `${production}.${project}.localhost`;
export const approver = 'demo';

/** Where the story plays and what it is told with. */
export interface Scene {
  home: string;
  env: NodeJS.ProcessEnv;
  /** The shop that is shipped, and the folder of the patches that are applied to it. */
  shop: string;
  patches: string;
  /** For the shop's repository; does not exist yet. */
  work: string;
  /** Starts Kova on the home, once. */
  launch: () => Promise<ControlProcess>;
  say: Say;
  /** With the jobs that drive a browser. */
  full: boolean;
  runtime: DemoRuntime;
  claims: Claims;
}

/** What the steps of the story share once Kova is up. */
export interface Tale extends Scene {
  control: ControlProcess;
  driver: Driver;
  repository: Repository;
}

/** The steps from the first load on. */
export interface LoadedTale extends Tale {
  load: Load;
}
