/** What the clean-up knows of one environment. */
export interface EnvironmentUse {
  /** Releases that run in one of its slots, or are on their way into one. */
  inUse: readonly string[];
  live: string | null;
  /** Releases that were healthy here when they last took traffic, newest first. */
  healthy: readonly string[];
}

/**
 * The releases to keep: what is in use anywhere, and of *every* environment the newest `keep` healthy ones besides the
 * live one, so that cleaning up for one environment never removes what another would roll back to.
 */
export function retained(environments: readonly EnvironmentUse[], keep: number): Set<string> {
  return new Set(
    environments.flatMap(({ inUse, live, healthy }) => [
      ...inUse,
      ...(live === null ? [] : [live]),
      ...healthy.filter((release) => release !== live).slice(0, keep),
    ]),
  );
}
