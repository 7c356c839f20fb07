import type { ErrorCode } from '@kova/core/errors/codes';
import { KovaError, reportOf } from '@kova/core/errors/kova-error';
import type { GraphJob } from '@kova/core/pipeline/graph';
import { isJoin } from '@kova/core/pipeline/join';
import { fail, inconclusive, pass, type Verdict } from '@kova/core/verdict';
import type { JobContext } from '../../../context.ts';
import type { OpenDoor } from '../../../ports/edge.ts';
import { neededKeys, type TakenJob } from '../../../store/job-queue.ts';
import { stopReason } from '../../../store/runs.ts';
import { judgeJob } from './gates.ts';
import { type PlannedRun, requireRun } from './graph.ts';
import { openDoor } from './open-door.ts';

const pollMs = 300;
/** A job that takes its worker with it shall not take them all. */
const mostTakes = 5;

/** A job that was stopped: it has no verdict of its own. */
export interface JobEnd {
  verdict: Verdict;
  stopped: string | null;
  durationMs: number | null;
  code: ErrorCode | null;
}

/** Runs the job here, unless its run is to stop. */
export async function runOneJob(ctx: JobContext, taken: TakenJob, signal: AbortSignal): Promise<JobEnd> {
  const { run: id, name, spec: job } = taken;
  const stopped = await stopReason(ctx.db, id);
  if (stopped !== null) return { verdict: inconclusive(stopped), stopped, durationMs: null, code: null };
  if (taken.takes > mostTakes) return ended(fail(`it was begun ${mostTakes} times, and each time its worker died`));
  const run = await requireRun(ctx, id);
  const known = withoutRunning(run, job);
  if (known) return { ...ended(known), durationMs: 0 };
  const watch = watchStop(ctx, id);
  let door: OpenDoor | null = null;
  try {
    const { project, commit, config, scope } = run;
    door = await openDoor(ctx, run, name);
    const report = await ctx.jobs.run({
      ...{ run: id, name, project, commit, config, job, scope },
      key: taken.key,
      needs: await neededKeys(ctx.db, id, name),
      target: door && `http://${door.address}`,
      secrets: await ctx.vault.open(project, job),
      signal: AbortSignal.any([signal, watch.signal, ...(door ? [door.lost] : [])]),
    });
    const verdict = await judgeJob(ctx, run, job, report);
    const code = report.code ?? (verdict.outcome === 'fail' ? 'JOB_FAILED' : null);
    return { verdict, stopped: null, durationMs: report.durationMs, code };
  } catch (error) {
    const { code, message } = reportOf(error);
    const wasStopped = watch.signal.aborted || signal.aborted;
    if (wasStopped) return { verdict: inconclusive(message), stopped: message, durationMs: null, code };
    // It says nothing about the job, which is run again.
    if (code === 'STORE_UNAVAILABLE') throw error;
    return ended(fail(message), code);
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

function ended(verdict: Verdict, code: ErrorCode | null = verdict.outcome === 'fail' ? 'JOB_FAILED' : null): JobEnd {
  return { verdict, stopped: null, durationMs: null, code };
}

/** Aborts when the run is asked to stop. */
function watchStop(ctx: JobContext, id: string): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const look = async () => {
    const reason = await stopReason(ctx.db, id).catch(() => null);
    if (reason !== null) controller.abort(new KovaError('CANCELLED', reason));
  };
  const timer = setInterval(() => void look(), pollMs);
  return { signal: controller.signal, end: () => clearInterval(timer) };
}
