import { KovaError } from '@kova/core/errors/kova-error';
import type { GraphJob } from '@kova/core/pipeline/graph';
import { isJoin } from '@kova/core/pipeline/join';
import { stateAfter } from '@kova/core/pipeline/state';
import type { Context } from '../../../context.ts';
import type { JobRef } from '../../../ports/job-runner.ts';
import { addJobs, lastDurations, moveJob } from '../../../store/jobs.ts';
import { findRun } from '../../../store/runs.ts';
import { type Judged, judgeJob } from './gates.ts';
import { graphOf } from './graph.ts';

/** Evaluates the configuration, records the jobs, and passes those whose result is known already. */
export async function planRun(ctx: Context, id: string, signal: AbortSignal): Promise<void> {
  const run = await findRun(ctx.db, id);
  if (!run) throw new KovaError('NOT_FOUND', `there is no run ${id}`);
  const { project, commit, jobs, check, scope } = run;
  const config = run.config ?? (await ctx.jobs.configure(project, commit, signal));
  if (config.name !== project) {
    throw new KovaError('CONFIG_INVALID', `kova.config.ts names the project ${config.name}, but ${project} was sent`);
  }
  const graph = graphOf({ config, jobs, check });
  const secrets = scope === null ? await ctx.vault.digests(project, graph) : new Map<string, string>();
  const keysIn = (place: string | null) => ctx.jobs.keys(project, commit, config, graph, { scope: place, secrets });
  const keys = await keysIn(scope);
  const shared = scope === null ? keys : await keysIn(null);
  const planned = graph.map((spec) => ({ spec, key: keys.get(spec.name) ?? '' }));
  const took = await lastDurations(ctx.db, project, [...keys.keys()]);
  await addJobs(ctx.db, id, config, planned, took);
  await recallAll(ctx, { id, project, config, check }, graph, [shared, keys]);
}

/**
 * A job may be recalled whatever became of its needs: their results are part of its key. Its gates are judged anew,
 * as they are no part of it. What all runs of the project share is taken first; a run with a scope puts nothing there.
 */
async function recallAll(
  ctx: Context,
  run: Judged,
  graph: readonly GraphJob[],
  sources: readonly ReadonlyMap<string, string>[],
): Promise<void> {
  for (const each of graph) {
    if (!each.job.cache || isJoin(each.job)) continue;
    const ref = { run: run.id, name: each.name };
    const found = await recallFirst(ctx, sources, ref);
    if (!found) continue;
    const verdict = await judgeJob(ctx, run, each, found.report);
    await moveJob(ctx.db, ref, stateAfter(verdict), verdict.reason, {
      ...{ cached: true, duration_ms: 0, key: found.key },
      code: verdict.outcome === 'fail' ? 'JOB_FAILED' : null,
    });
  }
}

async function recallFirst(ctx: Context, sources: readonly ReadonlyMap<string, string>[], ref: JobRef) {
  for (const key of new Set(sources.map((keys) => keys.get(ref.name) ?? ''))) {
    const report = await ctx.jobs.recall(key, ref);
    if (report) return { key, report };
  }
  return null;
}
