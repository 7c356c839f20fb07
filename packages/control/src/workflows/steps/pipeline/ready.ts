import { dependents, type GraphJob } from '@kova/core/pipeline/graph';
import { isFinal, type JobState } from '@kova/core/pipeline/state';

interface Recorded {
  name: string;
  state: JobState;
}

/** The waiting jobs that nothing holds up any more. */
export function readyJobs(graph: readonly GraphJob[], recorded: readonly Recorded[]): string[] {
  const states = new Map(recorded.map(({ name, state }) => [name, state]));
  const hasPassed = (name: string) => states.get(name) === 'passed';
  const hasEnded = (name: string) => isFinal(states.get(name) ?? 'waiting');
  return graph
    .filter(
      ({ name, needs, after = [] }) =>
        states.get(name) === 'waiting' && needs.every(hasPassed) && after.every(hasEnded),
    )
    .map(({ name }) => name);
}

/** The waiting jobs that can never be run, as something they need, directly or not, has ended otherwise than well. */
export function blockedJobs(
  graph: readonly GraphJob[],
  recorded: readonly Recorded[],
): Array<{ name: string; by: string }> {
  const states = new Map(recorded.map(({ name, state }) => [name, state]));
  const blocked = new Map<string, string>();
  const bad = new Set<JobState>(['failed', 'inconclusive', 'skipped', 'cancelled']);
  for (const { name } of graph) {
    const by = blocked.get(name) ?? (bad.has(states.get(name) ?? 'waiting') ? name : null);
    if (by === null) continue;
    for (const dependent of dependents(graph, name)) if (!blocked.has(dependent)) blocked.set(dependent, by);
  }
  return [...blocked].filter(([name]) => states.get(name) === 'waiting').map(([name, by]) => ({ name, by }));
}
