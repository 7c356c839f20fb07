import type { ErrorCode } from '@kova/core/errors/codes';
import { KovaError, reportOf } from '@kova/core/errors/kova-error';
import { type GraphJob, withNeeds } from '@kova/core/pipeline/graph';
import { isJoin } from '@kova/core/pipeline/join';
import { fail, inconclusive, pass, type Verdict } from '@kova/core/verdict';
import type { Context } from '../../../context.ts';
import type { OpenDoor } from '../../../ports/edge.ts';
import { jobsOf, moveJob } from '../../../store/jobs.ts';
import { stopReason } from '../../../store/runs.ts';
import { judgeJob } from './gates.ts';
import { graphOf, type PlannedRun, requireRun } from './graph.ts';
import { openDoor } from './open-door.ts';

const pollMs = 300;

/** A job that was stopped: it has no verdict of its own. */
export interface JobEnd {
  verdict: Verdict;
  stopped: string | null;
  durationMs: number | null;
  code: ErrorCode | null;
}

/** Runs the job here, unless its run is to stop. */
export async function runOneJob(ctx: Context, id: string, name: string, signal: AbortSignal): Promise<JobEnd> {
  const stopped = await stopReason(ctx.db, id);
  if (stopped !== null || !(await moveJob(ctx.db, { run: id, name }, 'running', ''))) {
    return {
      verdict: inconclusive('it was not begun'),
      stopped: stopped ?? 'it has ended already',
      durationMs: null,
      code: null,
    };
  }
  const run = await requireRun(ctx, id);
  const graph = graphOf(run);
  const job = graph.find((each) => each.name === name);
  if (!job) throw new KovaError('NOT_FOUND', `there is no job ${name} in ${id}`);
  const known = withoutRunning(run, job);
  if (known) return { verdict: known, stopped: null, durationMs: 0, code: null };
  const keys = new Map((await jobsOf(ctx.db, id)).map((row) => [row.name, row.key]));
  const needed = withNeeds(graph, [name]).filter((each) => each !== job);
  const watch = watchStop(ctx, id);
  let door: OpenDoor | null = null;
  try {
    const { project, commit, config, scope } = run;
    door = await openDoor(ctx, run, name);
    const report = await ctx.jobs.run({
      ...{ run: id, name, project, commit, config, job, scope },
      key: keys.get(name) ?? '',
      needs: needed.map((need) => keys.get(need.name) ?? ''),
      target: door && `http://${door.address}`,
      secrets: await ctx.vault.open(project, job),
      signal: AbortSignal.any([signal, watch.signal, ...(door ? [door.lost] : [])]),
    });
    const verdict = await judgeJob(ctx, run, job, report);
    const code = report.code ?? (verdict.outcome === 'fail' ? 'JOB_FAILED' : null);
    return { verdict, stopped: null, durationMs: report.durationMs, code };
  } catch (error) {
    const { code, message } = reportOf(error);
    if (watch.signal.aborted) return { verdict: inconclusive(message), stopped: message, durationMs: null, code };
    return { verdict: fail(message), stopped: null, durationMs: null, code };
  } finally {
    watch.end();
    door?.close();
  }
}

/** The verdict on a job that runs nothing, or must not; null for one that is to be run. */
function withoutRunning({ scope }: PlannedRun, { job }: GraphJob): Verdict | null {
  if (isJoin(job)) return pass('all that it needs has passed');
  if (scope === null || job.secrets.length === 0) return null;
  return inconclusive(`it asks for secrets, which are not given to ${scope}`);
}

/** Aborts when the run is asked to stop. */
function watchStop(ctx: Context, id: string): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const look = async () => {
    const reason = await stopReason(ctx.db, id).catch(() => null);
    if (reason !== null) controller.abort(new KovaError('CANCELLED', reason));
  };
  const timer = setInterval(() => void look(), pollMs);
  return { signal: controller.signal, end: () => clearInterval(timer) };
}
