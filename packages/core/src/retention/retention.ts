/** A release as the clean-up sees it. */
export interface Retainable {
  release: string;
  artefact: string;
  /** Environments in which it is live, standby, or in a deployment that has not ended. */
  inUse: boolean;
  /** For each environment in which it was healthy, how many newer healthy releases there are. */
  newerHealthy: Readonly<Record<string, number>>;
}

/**
 * The releases to keep: what is in use anywhere, and the newest `keep` healthy ones of *every* environment,
 * so that cleaning up for one environment never removes what another would roll back to.
 */
export function retained(releases: readonly Retainable[], keep: number): Set<string> {
  const kept = releases.filter(
    (release) => release.inUse || Object.values(release.newerHealthy).some((newer) => newer < keep),
  );
  return new Set(kept.map((release) => release.release));
}
