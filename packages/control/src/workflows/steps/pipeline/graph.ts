import type { ProjectConfig } from '@kova/core/config/schema';
import { KovaError } from '@kova/core/errors/kova-error';
import { expand, type GraphJob, withNeeds } from '@kova/core/pipeline/graph';
import { resolveJobs } from '@kova/core/pipeline/resolve';
import type { JobContext } from '../../../context.ts';
import { findRun, type Run } from '../../../store/runs.ts';

/** A run whose configuration is known. */
export interface PlannedRun extends Run {
  config: ProjectConfig;
}

/** @throws KovaError NOT_FOUND */
export async function requireRun(ctx: Pick<JobContext, 'db'>, id: string): Promise<PlannedRun> {
  const run = await findRun(ctx.db, id);
  if (!run?.config) throw new KovaError('NOT_FOUND', `there is no run ${id}`);
  return { ...run, config: run.config };
}

/**
 * The jobs of a run, each after all that it needs.
 * @throws KovaError NOT_FOUND when it was asked for a job that there is not
 */
export function graphOf({ config, jobs }: Pick<PlannedRun, 'config' | 'jobs'>): GraphJob[] {
  const graph = expand(resolveJobs(config));
  if (jobs === null) return graph;
  const wanted = graph.filter(({ name }) => jobs.includes(name) || jobs.includes(name.replace(/\[.*/, '')));
  const unknown = jobs.find((job) => !wanted.some(({ name }) => name === job || name.startsWith(`${job}[`)));
  if (unknown !== undefined) {
    const names = Object.keys(resolveJobs(config)).join(', ');
    throw new KovaError('NOT_FOUND', `there is no job ${unknown}`, { next: `There are ${names}.` });
  }
  return withNeeds(
    graph,
    wanted.map(({ name }) => name),
  );
}
