const minute = 60_000;

/** How long each kind of step may take at most, in milliseconds; then it fails, and its name is told. */
export const deadlines = {
  /** Reading and writing the store, which may have to be asked again on another connection. */
  record: minute,
  /** Checkout and configuration of a commit, and the keys of its jobs. */
  plan: 10 * minute,
  /** A commit is fetched from its remote, with its history. */
  fetch: 15 * minute,
  /** What bounds a job is its own timeout, times its attempts. */
  job: 24 * 60 * minute,
  /** Checkout and packing of a release. */
  release: 20 * minute,
  /** With the drain of what occupies the slot. */
  prepare: 10 * minute,
  verify: 2 * minute,
  /** A route is handed to the edge, which is then asked what it serves. */
  shift: minute,
  /** Drain and stop. */
  vacate: 3 * minute,
} as const;

/** The deadline of a step that waits for what has a limit in the configuration: that limit, and a minute to clean up. */
export function beyond(configuredMs: number): number {
  return configuredMs + minute;
}
