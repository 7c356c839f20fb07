import type { Colour } from '../environment/slot.ts';
import type { ErrorCode } from '../errors/codes.ts';
import type { Phase } from './phase.ts';

/** `deploy` brings a release; `rollback` makes an earlier one live again. */
export type DeploymentKind = 'deploy' | 'rollback';

/** Recorded when a deployment settles; null until then. */
export type ReleaseHealth = 'healthy' | 'degraded' | 'failed';

/** One attempt to make one release live in one environment. */
export interface Deployment {
  id: string;
  project: string;
  environment: string;
  release: string;
  commit: string;
  /** The commit whose configuration it was given; null when it has that of its release. */
  configCommit: string | null;
  kind: DeploymentKind;
  phase: Phase;
  /** Why it is in this phase, for people. */
  reason: string;
  /** What went wrong when it failed before it had traffic, or was cancelled. */
  code: ErrorCode | null;
  /** The slot it runs in; null until it is prepared. */
  colour: Colour | null;
  /** The deployment that was live when this one began. */
  replaces: string | null;
  health: ReleaseHealth | null;
  forced: boolean;
  requestedBy: string;
  createdAt: Date;
  /** First user request could reach it. */
  trafficAt: Date | null;
  liveAt: Date | null;
  /** When it reached a terminal phase. */
  endedAt: Date | null;
}

/** The commit that is to blame when it fails: of one that was given a configuration, that of the configuration. */
export function changedBy({ commit, configCommit }: Pick<Deployment, 'commit' | 'configCommit'>): string {
  return configCommit ?? commit;
}
