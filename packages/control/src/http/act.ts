import { chooseRollbackTarget, mayPromote } from '@kova/core/deployment/decide';
import type { Deployment, DeploymentKind } from '@kova/core/deployment/deployment';
import { KovaError } from '@kova/core/errors/kova-error';
import type { CertificateKeeper } from '../certificates/keeper.ts';
import type { Context } from '../context.ts';
import { requestApplyAbort, requireApply } from '../store/applies.ts';
import { type Configuration, lastConfiguration } from '../store/configuration.ts';
import { createDeployment, deploymentRows, history, toDeployment } from '../store/deployments.ts';
import { environmentNames, readEnvironment } from '../store/environments.ts';
import { heldCommits, refuseHeld } from '../store/holds.ts';
import { findRelease } from '../store/releases.ts';
import { stopRun } from '../store/runs.ts';
import { requestShipAbort, shipAtBuild } from '../store/ships.ts';
import { transition } from '../store/transition.ts';
import { endDeployment, overtakeWaiting } from '../workflows/overtake.ts';
import { requireDeployment } from '../workflows/plan.ts';
import type { Workflows } from '../workflows/register.ts';
import { sendSignal } from '../workflows/signals.ts';
import { crashPoint } from '../workflows/steps/crash-point.ts';
import { wakeWaiting } from '../workflows/steps/pipeline/turn.ts';
import { readShip } from './read.ts';

/** What people ask of an environment. */
export interface Target {
  project: string;
  environment: string;
}

export interface Actor {
  ctx: Context;
  workflows: Workflows;
  certificates: CertificateKeeper;
}

/**
 * Queues a deployment. One that waits for approval makes way for a newer release. @throws KovaError NOT_FOUND,
 * COMMIT_HELD
 */
export async function deployRelease(actor: Actor, target: Target, release: string, forced: boolean, by: string) {
  const known = await findRelease(actor.ctx.db, release);
  if (!known || known.project !== target.project)
    throw new KovaError('NOT_FOUND', `there is no release ${release} of ${target.project}`);
  if (!forced) await refuseHeld(actor.ctx.db, { ...target, commit: known.commit });
  return queue(actor, target, release, 'deploy', forced, by);
}

async function queue(
  { ctx, workflows }: Actor,
  target: Target,
  release: string,
  kind: DeploymentKind,
  forced: boolean,
  by: string,
  configuration: Configuration | null = null,
) {
  await readEnvironment(ctx.db, target.project, target.environment);
  const id = await createDeployment(ctx.db, { ...target, release, kind, forced, requestedBy: by, configuration });
  crashPoint('deployment:recorded');
  await overtakeWaiting(ctx, { id, ...target, release });
  await workflows.deployment({ id, ...target, kind });
  return id;
}

async function openDeployments(ctx: Context, { project, environment }: Target) {
  const rows = await deploymentRows(ctx.db)
    .where('deployments.project', '=', project)
    .where('environment', '=', environment)
    .where('ended_at', 'is', null)
    .where('phase', '!=', 'live')
    .orderBy('deployments.created_at')
    .execute();
  return rows.map(toDeployment);
}

/** Takes the release that is live in the environment before on to this one. @throws KovaError NOT_PROMOTABLE */
export async function promote(actor: Actor, target: Target, forced: boolean, by: string): Promise<string> {
  const { db } = actor.ctx;
  const names = await environmentNames(db, target.project);
  const before = names[names.indexOf(target.environment) - 1] ?? null;
  if (!before)
    throw new KovaError('NOT_PROMOTABLE', `${target.environment} is the first environment: ship or deploy to it`);
  const { live } = await readEnvironment(db, target.project, before);
  if (!live) throw new KovaError('NOT_PROMOTABLE', `nothing is live in ${before}`);
  const latest = (await history(db, target.project, before)).find(({ release }) => release === live.release);
  const verdict = mayPromote(latest?.health ?? null, before);
  if (verdict.outcome !== 'pass' && !forced)
    throw new KovaError('NOT_PROMOTABLE', `${live.release}: ${verdict.reason}`);
  return deployRelease(actor, target, live.release, forced, by);
}

/** Says yes to the deployment that waits. @throws KovaError NOT_FOUND */
export async function approve({ ctx }: Actor, target: Target, person: string): Promise<string> {
  const waiting = (await openDeployments(ctx, target)).find(({ phase }) => phase === 'awaiting-approval');
  if (!waiting) throw new KovaError('NOT_FOUND', `nothing waits for approval in ${target.environment}`);
  await ctx.db
    .insertInto('approvals')
    .values({ deployment: waiting.id, person })
    .onConflict((on) => on.doNothing())
    .execute();
  crashPoint('approval:recorded');
  await sendSignal(waiting.id, { kind: 'approved', person }, `approved:${person}`);
  return waiting.id;
}

/** Ends the deployment that is at work or waits; traffic that it has taken goes back. @throws KovaError NOT_FOUND */
export async function abort({ ctx }: Actor, target: Target, by: string): Promise<string> {
  const [open] = await openDeployments(ctx, target);
  if (!open) {
    const building = await shipAtBuild(ctx.db, target.project);
    const next = building ? { next: `${building} is building: end it with \`kova abort ${building}\`.` } : {};
    throw new KovaError('NOT_FOUND', `no deployment is at work in ${target.environment}`, next);
  }
  await end(ctx, open, `aborted by ${by}`);
  return open.id;
}

/**
 * Ends a ship: its build, or its deployment that is at work or waits. What is live stays. @throws KovaError NOT_FOUND,
 * CONFLICT
 */
export async function abortShip({ ctx }: Actor, id: string, by: string): Promise<void> {
  const { state, run } = await readShip(ctx, id);
  const reason = `aborted by ${by}`;
  if (!(await requestShipAbort(ctx.db, id, reason))) throw new KovaError('CONFLICT', `${id} has ended: it is ${state}`);
  if (run) await cancelRun(ctx, run, reason);
  const rows = await deploymentRows(ctx.db)
    .where('ship', '=', id)
    .where('ended_at', 'is', null)
    .where('phase', '!=', 'live')
    .execute();
  for (const row of rows) await end(ctx, toDeployment(row), reason);
}

/**
 * Ends an apply: its deployment that is at work or waits; what it has changed already stays.
 * @throws KovaError NOT_FOUND, CONFLICT
 */
export async function abortApply({ ctx }: Actor, id: string, by: string): Promise<void> {
  const { state } = await requireApply(ctx.db, id);
  const reason = `aborted by ${by}`;
  if (!(await requestApplyAbort(ctx.db, id, reason)))
    throw new KovaError('CONFLICT', `${id} has ended: it is ${state}`);
  const rows = await deploymentRows(ctx.db)
    .where('apply', '=', id)
    .where('kind', '=', 'deploy')
    .where('ended_at', 'is', null)
    .where('phase', '!=', 'live')
    .execute();
  for (const row of rows) await end(ctx, toDeployment(row), reason);
}

/** Ends a pipeline run: the jobs that are at work, or its waiting for its turn. */
export async function cancelRun(ctx: Context, run: string, reason: string): Promise<void> {
  await stopRun(ctx.db, run, reason);
  await wakeWaiting(ctx, run, 'stopped');
}

/** One that waits in the queue ends at once. */
async function end(ctx: Context, { id, phase }: Deployment, reason: string): Promise<void> {
  if (phase === 'queued' && (await transition(ctx.db, id, 'cancel', reason))) return;
  await endDeployment(ctx, id, 'cancel', reason);
}

/**
 * Makes an earlier release live again: takes back a deployment that is moving traffic, else goes from the live release
 * to the newest healthy one before it, or to the one that is named. Asked again meanwhile, without a name, it is the
 * same rollback. @throws KovaError NO_ROLLBACK_TARGET
 */
export async function rollBack(actor: Actor, target: Target, to: string | null, by: string): Promise<string> {
  const { db } = actor.ctx;
  const open = await openDeployments(actor.ctx, target);
  const underWay = open.find(({ kind }) => kind === 'rollback');
  if (underWay && !to) return underWay.id;
  const moving = open.find(({ phase }) => phase === 'shifting' || phase === 'stabilizing');
  if (moving && !to) {
    await endDeployment(actor.ctx, moving.id, 'cancel', `rolled back by ${by}`);
    return moving.id;
  }
  const environment = await readEnvironment(db, target.project, target.environment);
  if (!environment.live) throw new KovaError('NO_ROLLBACK_TARGET', `nothing is live in ${target.environment}`);
  const past = await history(db, target.project, target.environment);
  const held = new Set((await heldCommits(db, target.project, target.environment)).keys());
  if (to && !past.some(({ release }) => release === to)) {
    throw new KovaError('NOT_FOUND', `${to} was never live in ${target.environment}`, {
      next: '`kova release list` names the releases.',
    });
  }
  const named = to ? past.filter(({ release }) => release === to) : past;
  const current = await requireDeployment(db, environment.live.deployment);
  const choice = chooseRollbackTarget(named, current, environment.schemaVersion, held);
  if (!choice.target)
    throw new KovaError('NO_ROLLBACK_TARGET', `cannot roll back ${target.environment}: ${choice.reason}`);
  await requireArtefact(actor.ctx, choice.target.release);
  const configuration = await lastConfiguration(db, target, choice.target);
  return queue(actor, target, choice.target.release, 'rollback', false, by, configuration);
}

/** What was cleaned up cannot be brought back; better to hear it now than from a deployment that fails. */
async function requireArtefact(ctx: Context, release: string): Promise<void> {
  const known = await findRelease(ctx.db, release);
  if (known && (await ctx.artefacts.has(known.artefact))) return;
  const keep = known?.config.keepReleases;
  throw new KovaError('ARTEFACT_MISSING', `${release} was cleaned up: ${keep} healthy releases are kept`);
}
