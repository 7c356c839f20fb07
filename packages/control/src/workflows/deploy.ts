import type { Phase } from '@kova/core/deployment/phase';
import type { Context } from '../context.ts';
import { abortRequest } from '../store/deployments.ts';
import { carryOut } from './carry-out.ts';
import type { Plan } from './plan.ts';
import type { RunProver } from './register.ts';
import { revert } from './revert.ts';
import { awaitApproval } from './steps/approval.ts';
import { runChecks } from './steps/checks.ts';
import { conclude } from './steps/conclude.ts';
import { beyond, deadlines } from './steps/deadlines.ts';
import { migrate } from './steps/migrate.ts';
import { prepare } from './steps/prepare.ts';
import { shift } from './steps/shift.ts';
import { start } from './steps/start.ts';
import { step } from './steps/step.ts';
import { verify } from './steps/verify.ts';

/** Makes one release live in one environment; the phases are those of the design, in their order. */
export async function deploy(ctx: Context, prove: RunProver, id: string): Promise<Phase> {
  return carryOut(ctx, id, (plan) => bringUp(ctx, prove, plan));
}

async function bringUp(ctx: Context, prove: RunProver, plan: Plan): Promise<void> {
  const verified = await makeReady(ctx, plan);
  const checked = await runChecks(ctx, prove, plan, verified);
  await awaitApproval(ctx, plan, checked);
  const shifted = await shift(ctx, plan);
  const held = shifted.verdict.outcome === 'pass';
  const { verdict, event } = held ? await conclude(ctx, plan, 'healthy', shifted.verdict.reason) : shifted;
  if (verdict.outcome === 'fail') await revert(ctx, plan, event, verdict.reason);
}

/** All that happens before any user is on the release: nothing here can hurt what is live. */
export async function makeReady(ctx: Context, plan: Plan): Promise<string> {
  const aborted = () => abortRequest(ctx.db, plan.deployment.id);
  const { health } = plan.app;
  const { migrateTimeout } = plan.release.config.database;
  await step({ name: 'prepare', deadlineMs: deadlines.prepare, aborted }, (signal) => prepare(ctx, plan, signal));
  // A verified backup of the database belongs here, before the migrations; it comes with the recovery work.
  await step({ name: 'migrate', deadlineMs: beyond(migrateTimeout), aborted }, (signal) => migrate(ctx, plan, signal));
  await step({ name: 'start', deadlineMs: beyond(health.deadline), aborted }, (signal) => start(ctx, plan, signal));
  return step({ name: 'verify', deadlineMs: deadlines.verify, aborted }, (signal) => verify(ctx, plan, signal));
}
