import type { ProjectConfig } from '@kova/core/config/schema';
import { KovaError } from '@kova/core/errors/kova-error';
import type { GraphJob } from '@kova/core/pipeline/graph';
import type { Context } from '../../../context.ts';
import { jobsOf, moveJob } from '../../../store/jobs.ts';
import { findRun } from '../../../store/runs.ts';
import { graphOf } from './graph.ts';
import { readyJobs } from './ready.ts';

/**
 * Evaluates the configuration, records the jobs, and passes those whose result is known already.
 * @returns the jobs that can be run now
 */
export async function planRun(ctx: Context, id: string, signal: AbortSignal): Promise<string[]> {
  const run = await findRun(ctx.db, id);
  if (!run) throw new KovaError('NOT_FOUND', `there is no run ${id}`);
  const { project, commit, jobs } = run;
  const config = run.config ?? (await ctx.jobs.configure(project, commit, signal));
  if (config.name !== project) {
    throw new KovaError('CONFIG_INVALID', `kova.config.ts names the project ${config.name}, but ${project} was sent`);
  }
  const graph = graphOf({ config, jobs });
  const keys = await ctx.jobs.keys(project, commit, config, graph);
  await record(ctx, id, config, graph, keys);
  await recallAll(ctx, id, graph, keys);
  return readyJobs(graph, await jobsOf(ctx.db, id));
}

async function record(
  ctx: Context,
  run: string,
  config: ProjectConfig,
  graph: readonly GraphJob[],
  keys: ReadonlyMap<string, string>,
): Promise<void> {
  await ctx.db
    .updateTable('runs')
    .set({ config: JSON.stringify(config) })
    .where('id', '=', run)
    .execute();
  if (graph.length === 0) return;
  const rows = graph.map(({ name }, position) => ({ run, name, position, key: keys.get(name) ?? '' }));
  await ctx.db
    .insertInto('jobs')
    .values(rows)
    .onConflict((on) => on.doNothing())
    .execute();
}

/** A job may be recalled whatever became of its needs: their results are part of its key. */
async function recallAll(ctx: Context, run: string, graph: readonly GraphJob[], keys: ReadonlyMap<string, string>) {
  for (const { name, job } of graph) {
    if (!job.cache) continue;
    const report = await ctx.jobs.recall(keys.get(name) ?? '', { run, name });
    if (!report) continue;
    await moveJob(ctx.db, { run, name }, 'passed', report.verdict.reason, { cached: true, duration_ms: 0 });
  }
}
