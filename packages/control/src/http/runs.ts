import { KovaError } from '@kova/core/errors/kova-error';
import { criticalPath } from '@kova/core/pipeline/critical-path';
import type { Context } from '../context.ts';
import { evidenceOf } from '../store/evidence.ts';
import { jobsOf } from '../store/jobs.ts';
import { graphOf } from '../workflows/steps/pipeline/graph.ts';
import type { JobView, RunView } from './views.ts';

/** @throws KovaError NOT_FOUND */
export async function readRun(ctx: Context, id: string): Promise<RunView> {
  const row = await ctx.db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new KovaError('NOT_FOUND', `there is no run ${id}`);
  const { project, commit_sha: commit, state, reason, config, jobs: wanted } = row;
  const graph = config ? graphOf({ config, jobs: wanted }) : [];
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
    ...{ id, project, commit, state, reason, jobs },
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    criticalPath: criticalPath(jobs.map((job) => ({ name: job.name, needs: job.needs, ms: job.durationMs ?? 0 }))),
  };
}

/** The newest runs of a project. */
export async function listRuns(ctx: Context, project: string): Promise<RunView[]> {
  const rows = await ctx.db
    .selectFrom('runs')
    .select('id')
    .where('project', '=', project)
    .orderBy('created_at', 'desc')
    .limit(50)
    .execute();
  return Promise.all(rows.map(({ id }) => readRun(ctx, id)));
}
