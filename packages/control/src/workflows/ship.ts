import { automatic } from '@kova/core/environment/automatic';
import { KovaError, reportOf } from '@kova/core/errors/kova-error';
import type { Context } from '../context.ts';
import { createDeployment, requestAbort } from '../store/deployments.ts';
import { environmentNames, readEnvironment } from '../store/environments.ts';
import { refuseHeld } from '../store/holds.ts';
import { findRelease, type Release, releaseId } from '../store/releases.ts';
import { createRun } from '../store/runs.ts';
import { endShip, newerShip, shipAbort, shipBuilt, shipProving } from '../store/ships.ts';
import { supersededBy } from '../store/turns.ts';
import { derivedId } from './derived-id.ts';
import { overtakeWaiting } from './overtake.ts';
import { requireDeployment } from './plan.ts';
import type { DeployRunner, RunProver } from './register.ts';
import { buildRelease, refuseUnproved } from './steps/build-release.ts';
import { deadlines } from './steps/deadlines.ts';
import { step } from './steps/step.ts';

const named = (name: string, deadlineMs: number = deadlines.record) => ({ name: `ship.${name}`, deadlineMs });

interface Ship {
  id: string;
  project: string;
  commit: string;
  until: string | null;
  forced: boolean;
  branch: string | null;
  position: string;
}

/** Proves and builds a commit once and takes the release through the environments as far as they let it by themselves. */
export async function ship(ctx: Context, run: { pipeline: RunProver; deployment: DeployRunner }, id: string) {
  try {
    const wanted = await step(named('read'), () => readShip(ctx, id));
    const known = await step(named('known'), () => builtBefore(ctx, wanted));
    const release = known ?? (await proveAndBuild(ctx, run.pipeline, wanted));
    await step(named('built'), () => shipBuilt(ctx.db, id, release));
    const route = await step(named('route'), () => environmentsOf(ctx, release, wanted.project, wanted.until));
    for (const environment of route) await bring(ctx, run.deployment, wanted, release, environment);
    await step(named('done'), () => endShip(ctx.db, id, null));
  } catch (error) {
    await step(named('failed'), () => endShip(ctx.db, id, reportOf(error)));
  }
}

async function readShip(ctx: Context, id: string): Promise<Ship> {
  const row = await ctx.db.selectFrom('ships').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const { project, commit_sha: commit, until, forced, branch, position } = row;
  return { id, project, commit, until, forced, branch, position };
}

/** A commit that was built before is released again, unchanged, with the evidence that it has. */
async function builtBefore(ctx: Context, { commit }: Ship): Promise<string | null> {
  const known = await findRelease(ctx.db, releaseId(commit));
  return known && (await ctx.artefacts.has(known.artefact)) ? known.id : null;
}

async function proveAndBuild(ctx: Context, prove: RunProver, wanted: Ship): Promise<string> {
  const { id, project, commit, branch, position } = wanted;
  const run = derivedId('run', id);
  await step(named('run'), async () => {
    await refuseAborted(ctx, id);
    await createRun(ctx.db, { id: run, project, commit, jobs: null, branch, position, push: true });
    await shipProving(ctx.db, id, run);
  });
  const { verdict, error } = await prove(run);
  if (error) throw new KovaError(error.code, error.message, { next: error.next });
  if (verdict.outcome === 'fail') await step(named('why'), () => refuseUnproved(ctx, id, run));
  const packing = { ...named('release', deadlines.release), aborted: () => shipAbort(ctx.db, id) };
  return step(packing, (signal) => buildRelease(ctx, { run, project, commit, signal }));
}

/** The way of a ship: up to `until`, else up to the first environment that wants to be asked. In the order of promotion. */
async function environmentsOf(ctx: Context, id: string, project: string, until: string | null): Promise<string[]> {
  const { config } = (await findRelease(ctx.db, id)) as Release;
  const names = (await environmentNames(ctx.db, project)).filter((name) => config.environments[name]);
  if (until !== null && !names.includes(until)) throw new KovaError('NOT_FOUND', `there is no environment ${until}`);
  if (until !== null) return names.slice(0, names.indexOf(until) + 1);
  return automatic(names, config.environments);
}

/** @throws KovaError CANCELLED */
async function refuseAborted(ctx: Context, id: string): Promise<void> {
  const abort = await shipAbort(ctx.db, id);
  if (abort) throw new KovaError('CANCELLED', abort.reason);
}

/** What has been pushed later is not gone over by what was proved more slowly. @throws KovaError SUPERSEDED */
async function refuseOvertaken(ctx: Context, { id, branch }: Ship): Promise<void> {
  const newer = branch === null ? null : await newerShip(ctx.db, id);
  if (newer) throw new KovaError('SUPERSEDED', supersededBy(branch ?? '', newer.id, newer.commit));
}

/** Whether the release is live and nothing is on its way to take its place. */
async function staysLive(
  ctx: Context,
  ref: { project: string; environment: string; release: string },
): Promise<boolean> {
  const { live } = await readEnvironment(ctx.db, ref.project, ref.environment);
  if (live?.release !== ref.release) return false;
  const other = await ctx.db
    .selectFrom('deployments')
    .select('id')
    .where('project', '=', ref.project)
    .where('environment', '=', ref.environment)
    .where('release', '!=', ref.release)
    .where('ended_at', 'is', null)
    .where('phase', '!=', 'live')
    .executeTakeFirst();
  return other === undefined;
}

async function bring(ctx: Context, runDeployment: DeployRunner, wanted: Ship, release: string, environment: string) {
  const { id: shipId, project, forced } = wanted;
  const id = derivedId('dep', `${shipId}/${environment}`);
  await step(named('held'), async () => {
    await refuseAborted(ctx, shipId);
    await refuseOvertaken(ctx, wanted);
    if (!forced) await refuseHeld(ctx.db, { project, environment, commit: wanted.commit });
  });
  const there = await step(named('look'), () => staysLive(ctx, { project, environment, release }));
  if (there && !forced) return;
  const wish = {
    id,
    project,
    environment,
    release,
    kind: 'deploy' as const,
    forced,
    requestedBy: 'ship',
    ship: shipId,
  };
  await step(named('queue'), async () => {
    await createDeployment(ctx.db, wish);
    const abort = await shipAbort(ctx.db, shipId);
    if (abort) await requestAbort(ctx.db, id, { event: 'cancel', ...abort });
  });
  await step(named('overtake'), () => overtakeWaiting(ctx, { id, project, environment, release }));
  const phase = await runDeployment({ id, project, environment, kind: 'deploy' });
  const { reason, health, code } = await step(named('result'), () => requireDeployment(ctx.db, id));
  if ((phase === 'live' || phase === 'retired') && health === 'healthy') return;
  const told = `${environment}: ${phase}${health === 'degraded' ? ', degraded' : ''}: ${reason}`;
  const breached = phase === 'rolled-back' || health === 'degraded';
  throw new KovaError(breached ? 'ANALYSIS_BREACH' : (code ?? 'CANCELLED'), told);
}
