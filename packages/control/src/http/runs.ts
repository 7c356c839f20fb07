import { criticalPath } from '@kova/core/pipeline/critical-path';
import type { Context } from '../context.ts';
import { evidenceOf } from '../store/evidence.ts';
import { jobsOf } from '../store/jobs.ts';
import { newestRuns, noRun, runRows, toRun } from '../store/runs.ts';
import { graphOf } from '../workflows/steps/pipeline/graph.ts';
import type { JobView, RunView } from './views.ts';

/** @throws KovaError NOT_FOUND */
export async function readRun(ctx: Pick<Context, 'db'>, id: string): Promise<RunView> {
  const row = await runRows(ctx.db).where('runs.id', '=', id).executeTakeFirst();
  if (!row) throw noRun(id);
  const { project, commit, branch, state, reason, config, jobs: wanted, check } = toRun(row);
  const graph = config ? graphOf({ config, jobs: wanted, check }) : [];
  const needs = new Map(graph.map((job) => [job.name, job.needs]));
  const evidence = await evidenceOf(ctx.db, id);
  const jobs = (await jobsOf(ctx.db, id)).map(
    (job): JobView => ({
      name: job.name,
      needs: needs.get(job.name) ?? [],
      state: job.state,
      reason: job.reason,
      worker: job.executor,
      key: job.key,
      cached: job.cached,
      durationMs: job.duration_ms,
      startedAt: job.started_at?.toISOString() ?? null,
      endedAt: job.ended_at?.toISOString() ?? null,
      evidence: evidence.get(job.name) ?? [],
    }),
  );
  return {
    ...{ id, project, commit, branch, state, reason, jobs, check },
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    criticalPath: criticalPath(jobs.map((job) => ({ name: job.name, needs: job.needs, ms: job.durationMs ?? 0 }))),
  };
}

/** The newest runs of a project. */
export async function listRuns(ctx: Context, project: string): Promise<RunView[]> {
  return Promise.all((await newestRuns(ctx.db, project, 50)).map((id) => readRun(ctx, id)));
}
