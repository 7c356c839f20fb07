import { checksOf } from '@kova/core/environment/checks';
import type { ErrorCode } from '@kova/core/errors/codes';
import { KovaError } from '@kova/core/errors/kova-error';
import type { Verdict } from '@kova/core/verdict';
import type { Context } from '../../context.ts';
import { abortRequest, noteReason } from '../../store/deployments.ts';
import { jobsOf } from '../../store/jobs.ts';
import { createRun } from '../../store/runs.ts';
import { derivedId } from '../derived-id.ts';
import type { Plan } from '../plan.ts';
import type { RunProver } from '../register.ts';
import { deadlines } from './deadlines.ts';
import { requirePlanned } from './pipeline/graph.ts';
import { step } from './step.ts';

const named = (name: string) => ({ name: `checks.${name}`, deadlineMs: deadlines.record });

/**
 * Runs the environment's own checks against the idle slot, as a pipeline run of the deployment. What bounds it are the
 * timeouts of its jobs. Returns what is known of the release by then.
 * @throws KovaError ENVIRONMENT_CHECK_FAILED that names the check; CANCELLED
 */
export async function runChecks(ctx: Context, prove: RunProver, plan: Plan, verified: string): Promise<string> {
  if (plan.environment.checks.length === 0) return verified;
  const run = await step(named('begin'), () => beginChecks(ctx, plan));
  const { verdict } = await prove(run);
  const against = await step(named('end'), () => endChecks(ctx, plan, run, verdict));
  if (against) throw new KovaError(against.code, against.reason);
  return `${verified}; ${verdict.reason}`;
}

async function beginChecks(ctx: Context, { deployment, release, environment, colour }: Plan): Promise<string> {
  const { id: deploymentId, project } = deployment;
  const id = derivedId('run', `checks of ${deploymentId}`);
  const { commit, config } = release;
  const jobs = checksOf(config, environment);
  await createRun(ctx.db, { id, project, commit, jobs, check: { deployment: deploymentId, config } });
  await noteReason(ctx.db, deploymentId, `${id} checks ${colour}: ${jobs.join(', ')}`);
  return id;
}

const failures: ReadonlySet<ErrorCode | null> = new Set<ErrorCode | null>([null, 'JOB_FAILED', 'JOB_TIMEOUT']);

/** What speaks against going on; null when nothing does. */
async function endChecks(
  ctx: Context,
  { deployment }: Plan,
  run: string,
  { outcome, reason }: Verdict,
): Promise<{ code: ErrorCode; reason: string } | null> {
  const abort = await abortRequest(ctx.db, deployment.id);
  if (abort) return { code: 'CANCELLED', reason: abort.reason };
  if (outcome !== 'fail') {
    await noteReason(ctx.db, deployment.id, `checked by ${run}: ${reason}`);
    return null;
  }
  const { state } = await requirePlanned(ctx, run);
  if (state === 'cancelled') return { code: 'CANCELLED', reason: `its checks, ${run}: ${reason}` };
  const failed = (await jobsOf(ctx.db, run)).find((job) => job.state === 'failed');
  const code = failed && !failures.has(failed.code) ? failed.code : null;
  const told = failed ? `${failed.name}: ${failed.reason}` : reason;
  return { code: code ?? 'ENVIRONMENT_CHECK_FAILED', reason: `check ${told}\n(${run})` };
}
