import type { ErrorCode } from '@kova/core/errors/codes';
import { reportOf } from '@kova/core/errors/kova-error';
import type { GraphJob } from '@kova/core/pipeline/graph';
import { isJoin } from '@kova/core/pipeline/join';
import { fail, inconclusive, pass, type Verdict } from '@kova/core/verdict';
import type { JobContext } from '../../../context.ts';
import { neededKeys, type TakenJob } from '../../../store/job-queue.ts';
import { stopReason, stopRequest } from '../../../store/runs.ts';
import { watchAbort } from '../watch-abort.ts';
import { judgeJob } from './gates.ts';
import { type PlannedRun, requirePlanned } from './graph.ts';
import { makeImage } from './make-image.ts';
import { openDoor } from './open-door.ts';

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
  const { run: id, spec: job } = taken;
  const stopped = await stopReason(ctx.db, id);
  if (stopped !== null) return { verdict: inconclusive(stopped), stopped, durationMs: null, code: null };
  if (taken.takes > mostTakes) return ended(fail(`it was begun ${mostTakes} times, and each time its worker died`));
  if (isJoin(job.job) && !job.kind) return { ...ended(pass('all that it needs has passed')), durationMs: 0 };
  const run = await requirePlanned(ctx, id);
  const refused = whyWithoutSecrets(run, job);
  if (refused !== null) return { ...ended(inconclusive(refused)), durationMs: 0 };
  const stop = new AbortController();
  const unwatch = watchAbort(() => stopRequest(ctx.db, id), stop);
  const work = job.kind === 'image' ? imageOf : commandsOf;
  try {
    return await work(ctx, run, taken, AbortSignal.any([signal, stop.signal]));
  } catch (error) {
    const { code, message } = reportOf(error);
    const wasStopped = stop.signal.aborted || signal.aborted;
    if (wasStopped) return { verdict: inconclusive(message), stopped: message, durationMs: null, code };
    // It says nothing about the job, which is run again.
    if (code === 'STORE_UNAVAILABLE') throw error;
    return ended(fail(message), code);
  } finally {
    unwatch();
  }
}

type Work = (ctx: JobContext, run: PlannedRun, taken: TakenJob, signal: AbortSignal) => Promise<JobEnd>;

const commandsOf: Work = async (ctx, run, { name, key, spec: job }, signal) => {
  const { id, project, commit, config, scope } = run;
  const door = await openDoor(ctx, run, name);
  try {
    const report = await ctx.jobs.run({
      ...{ run: id, name, project, commit, config, job, scope, key },
      needs: await neededKeys(ctx.db, id, name),
      target: door && `http://${door.address}`,
      secrets: await ctx.vault.open(project, { name, secrets: job.job.secrets }),
      signal: door ? AbortSignal.any([signal, door.lost]) : signal,
    });
    const verdict = await judgeJob(ctx, run, job, report);
    const code = report.code ?? (verdict.outcome === 'fail' ? 'JOB_FAILED' : null);
    return { verdict, stopped: null, durationMs: report.durationMs, code };
  } finally {
    door?.close();
  }
};

const imageOf: Work = async (ctx, run, taken, signal) => {
  const startedAt = performance.now();
  const verdict = await makeImage(ctx, run, taken, signal);
  return { ...ended(verdict), durationMs: performance.now() - startedAt };
};

/** Why the job is not run: what comes from others gets no secrets. Null for one that is. */
function whyWithoutSecrets({ scope }: PlannedRun, { job }: GraphJob): string | null {
  return scope === null || job.secrets.length === 0 ? null : `it asks for secrets, which are not given to ${scope}`;
}

function ended(verdict: Verdict, code: ErrorCode | null = verdict.outcome === 'fail' ? 'JOB_FAILED' : null): JobEnd {
  return { verdict, stopped: null, durationMs: null, code };
}
