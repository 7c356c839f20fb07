import type { Deed } from '@kova/core/plan/plan';
import type { PlannedEnvironment, ProjectPlan } from '../plan/compute.ts';
import type { PlanView } from './plan-views.ts';

const nothingToDo: ReadonlySet<Deed> = new Set<Deed>(['none', 'keep']);

export function planViewOf({ project, commit, digest, environments }: ProjectPlan): PlanView {
  const pending = environments.some(({ deed }) => !nothingToDo.has(deed));
  return { project, commit, digest, pending, environments: environments.map(environmentOf) };
}

/** Without the configuration itself, in which secrets may be. */
function environmentOf({ environment: name, live, config: _, ...plan }: PlannedEnvironment) {
  return { name, ...plan, release: live?.release ?? null, configCommit: live && (live.configCommit ?? live.commit) };
}
