interface Placed {
  name: string;
  needs: readonly string[];
  after?: readonly string[];
}

/**
 * The jobs in the order in which they are best begun where fewer can be at work than could: the one from which the way
 * to the end of the run is longest comes first, else the order stays (list scheduling by the critical path; Graham,
 * "Bounds on Multiprocessing Timing Anomalies", 1969).
 * @param jobs each after all that it waits for
 * @param tookMs how long each took before; one of which nothing is known counts as the mean of the others
 */
export function byUrgency<Job extends Placed>(jobs: readonly Job[], tookMs: ReadonlyMap<string, number>): Job[] {
  const known = jobs.flatMap(({ name }) => tookMs.get(name) ?? []);
  const mean = known.length > 0 ? known.reduce((sum, ms) => sum + ms, 0) / known.length : 1;
  const ways = longestWays(jobs, (name) => tookMs.get(name) ?? mean);
  return jobs.toSorted((a, b) => (ways.get(b.name) ?? 0) - (ways.get(a.name) ?? 0));
}

/**
 * For each job the time that it and the longest path after it take.
 * @param jobs each after all that it waits for
 */
export function longestWays(jobs: readonly Placed[], msOf: (name: string) => number): Map<string, number> {
  const behind = new Map<string, number>();
  const ways = new Map<string, number>();
  for (const { name, needs, after = [] } of jobs.toReversed()) {
    const way = msOf(name) + (behind.get(name) ?? 0);
    ways.set(name, way);
    for (const before of [...needs, ...after]) behind.set(before, Math.max(way, behind.get(before) ?? 0));
  }
  return ways;
}
