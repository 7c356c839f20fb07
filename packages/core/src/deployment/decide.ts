import { fail, inconclusive, pass, type Verdict } from '../verdict.ts';
import { changedBy, type ReleaseHealth } from './deployment.ts';

/** What is known of a release in one environment, with one configuration; newest deployment first. */
export interface Candidate {
  release: string;
  commit: string;
  /** The commit whose configuration it was given; null when it had that of its release. */
  configCommit: string | null;
  health: ReleaseHealth | null;
  /** The schema versions it can run on; null when it did not say. */
  schema: { from: number; to: number } | null;
}

/** Whether the release can run on the schema as it is now. Not knowing either is no reason against it. */
export function rollbackCapable(candidate: Pick<Candidate, 'schema'>, schemaVersion: number | null): boolean {
  if (candidate.schema === null || schemaVersion === null) return true;
  return candidate.schema.from <= schemaVersion && schemaVersion <= candidate.schema.to;
}

export interface RollbackChoice {
  target: Candidate | null;
  reason: string;
}

/**
 * The default target: the newest release that is healthy and capable in this environment, other than the current one.
 * @param history newest first
 */
export function chooseRollbackTarget(
  history: readonly Candidate[],
  current: Pick<Candidate, 'release' | 'configCommit'>,
  schemaVersion: number | null,
  heldCommits: ReadonlySet<string>,
): RollbackChoice {
  const earlier = history.filter(
    ({ release, configCommit }) => release !== current.release || configCommit !== current.configCommit,
  );
  const healthy = earlier.filter(
    (candidate) => candidate.health === 'healthy' && !heldCommits.has(changedBy(candidate)),
  );
  const target = healthy.find((candidate) => rollbackCapable(candidate, schemaVersion)) ?? null;
  if (target) return { target, reason: `${target.release} is the newest healthy release before ${current.release}` };
  if (healthy.length > 0) return { target, reason: `no healthy release can run on schema version ${schemaVersion}` };
  return { target, reason: earlier.length > 0 ? 'no earlier release was healthy' : 'no earlier release was live here' };
}

/** A release goes on to an environment when it held in the one before. */
export function mayPromote(healthBefore: ReleaseHealth | null, before: string | null): Verdict {
  if (before === null) return pass('the first environment takes any release');
  if (healthBefore === 'healthy') return pass(`it held in ${before}`);
  if (healthBefore === null) return inconclusive(`it has not settled in ${before}`);
  return fail(`it was ${healthBefore} in ${before}`);
}
