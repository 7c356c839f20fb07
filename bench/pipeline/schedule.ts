import { longestWays } from '@kova/core/pipeline/urgency';

export interface Task {
  name: string;
  needs: readonly string[];
  ms: number;
}

/**
 * The shortest time in which so many machines can do the tasks, none of which is interrupted; ms. Exact: taken in the
 * order of their starts, each on the machine that is free first, the tasks of a best schedule start no later than in it,
 * so all orders that respect the needs are tried, but for those that cannot be better than the best so far. For a dozen
 * tasks, each after all that it needs.
 */
export function bestMakespan(tasks: readonly Task[], machines: number): number {
  const took = new Map(tasks.map(({ name, ms }) => [name, ms]));
  const tails = longestWays(tasks, (name) => took.get(name) ?? 0);
  let best = Number.POSITIVE_INFINITY;
  const place = (ends: ReadonlyMap<string, number>, free: readonly number[], makespan: number) => {
    if (ends.size === tasks.length) {
      best = Math.min(best, makespan);
      return;
    }
    const [soonest = 0, ...others] = free;
    for (const task of tasks) {
      if (ends.has(task.name) || !task.needs.every((need) => ends.has(need))) continue;
      const start = Math.max(soonest, ...task.needs.map((need) => ends.get(need) ?? 0));
      if (start + (tails.get(task.name) ?? 0) >= best) continue;
      const end = start + task.ms;
      const next = [...others, end].sort((a, b) => a - b);
      place(new Map(ends).set(task.name, end), next, Math.max(makespan, end));
    }
  };
  place(new Map(), Array<number>(machines).fill(0), 0);
  return best;
}
