import type { ProjectConfig } from '@kova/core/config/schema';
import { KovaError } from '@kova/core/errors/kova-error';
import type { GraphJob } from '@kova/core/pipeline/graph';
import { isJoin } from '@kova/core/pipeline/join';
import { stateAfter } from '@kova/core/pipeline/state';
import type { Context } from '../../../context.ts';
import { addJobs, moveJob } from '../../../store/jobs.ts';
import { findRun } from '../../../store/runs.ts';
import { judgeJob } from './gates.ts';
import { graphOf } from './graph.ts';

/** Evaluates the configuration, records the jobs, and passes those whose result is known already. */
export async function planRun(ctx: Context, id: string, signal: AbortSignal): Promise<void> {
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
  await recallAll(ctx, { id, project, config }, graph, keys);
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
  await addJobs(
    ctx.db,
    run,
    graph.map((spec) => ({ spec, key: keys.get(spec.name) ?? '' })),
  );
}

/**
 * A job may be recalled whatever became of its needs: their results are part of its key. Its gates are judged anew,
 * as they are no part of it.
 */
async function recallAll(
  ctx: Context,
  run: { id: string; project: string; config: ProjectConfig },
  graph: readonly GraphJob[],
  keys: ReadonlyMap<string, string>,
): Promise<void> {
  for (const each of graph) {
    if (!each.job.cache || isJoin(each.job)) continue;
    const ref = { run: run.id, name: each.name };
    const report = await ctx.jobs.recall(keys.get(each.name) ?? '', ref);
    if (!report) continue;
    const verdict = await judgeJob(ctx, run, each, report);
    await moveJob(ctx.db, ref, stateAfter(verdict), verdict.reason, {
      ...{ cached: true, duration_ms: 0 },
      code: verdict.outcome === 'fail' ? 'JOB_FAILED' : null,
    });
  }
}
