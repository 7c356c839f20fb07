import type { ProjectConfig } from '@kova/core/config/schema';
import { checkJobs, loadLast } from '@kova/core/environment/checks';
import { KovaError } from '@kova/core/errors/kova-error';
import { expand, type GraphJob, isOf, withNeeds } from '@kova/core/pipeline/graph';
import { imageJobName, withImageJob } from '@kova/core/pipeline/image-job';
import { resolveJobs } from '@kova/core/pipeline/resolve';
import { buildJobs } from '@kova/core/pipeline/standard';
import type { JobContext } from '../../../context.ts';
import { findRun, noRun, type Run } from '../../../store/runs.ts';

/** A run whose configuration is known. */
export interface PlannedRun extends Run {
  config: ProjectConfig;
}

/** @throws KovaError NOT_FOUND, also when it is not planned yet */
export async function requirePlanned(ctx: Pick<JobContext, 'db'>, id: string): Promise<PlannedRun> {
  const run = await findRun(ctx.db, id);
  if (!run?.config) throw noRun(id);
  return { ...run, config: run.config };
}

/** Whether a job is one of those asked for; `unit-tests` is all of its matrix. */
export function isAskedFor(jobs: readonly string[], name: string): boolean {
  return jobs.some((job) => isOf(job, name));
}

/**
 * The jobs of a run, each after all that it needs.
 * @throws KovaError NOT_FOUND when it was asked for a job that there is not
 */
export function graphOf({ config, jobs, check }: Pick<PlannedRun, 'config' | 'jobs' | 'check'>): GraphJob[] {
  const all = check ? checkJobs(config, check.environment) : resolveJobs(config);
  const graph = check ? expand(all) : withImage(config, expand(all));
  if (jobs === null) return [...graph];
  const wanted = graph.filter(({ name }) => isAskedFor(jobs, name));
  const unknown = jobs.find((job) => !wanted.some(({ name }) => isOf(job, name)));
  if (unknown !== undefined) {
    const names = [...Object.keys(all), ...(config.image && !check ? [imageJobName] : [])].join(', ');
    throw new KovaError('NOT_FOUND', `there is no job ${unknown}`, { next: `There are ${names}.` });
  }
  const names = wanted.map(({ name }) => name);
  const needed = withNeeds(graph, names);
  return check ? loadLast(needed) : needed.map((each) => among(each, needed));
}

/** Waits for none that is not run. */
function among(job: GraphJob, graph: readonly GraphJob[]): GraphJob {
  if (!job.after) return job;
  return { ...job, after: job.after.filter((other) => graph.some(({ name }) => name === other)) };
}

function withImage(config: ProjectConfig, graph: readonly GraphJob[]): readonly GraphJob[] {
  return config.image ? withImageJob(graph, Object.keys(buildJobs(config))) : graph;
}
