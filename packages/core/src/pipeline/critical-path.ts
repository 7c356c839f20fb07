/** One job as it ran. */
export interface Timed {
  name: string;
  needs: readonly string[];
  ms: number;
}

/**
 * The chain of jobs that a run could not have been faster than, on a machine with cores without end.
 * @param jobs each after all that it needs
 */
export function criticalPath(jobs: readonly Timed[]): { names: string[]; ms: number } {
  const longest = new Map<string, { names: string[]; ms: number }>();
  let whole: { names: string[]; ms: number } = { names: [], ms: 0 };
  for (const { name, needs, ms } of jobs) {
    const before = needs.map((need) => longest.get(need) ?? { names: [], ms: 0 });
    const last = before.reduce((a, b) => (b.ms > a.ms ? b : a), { names: [], ms: 0 });
    const here = { names: [...last.names, name], ms: last.ms + ms };
    longest.set(name, here);
    if (here.ms > whole.ms) whole = here;
  }
  return whole;
}
