import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal } from '@kova/core/deployment/phase';
import { hasRunEnded } from '@kova/core/pipeline/state';
import type { Context } from '../context.ts';
import { findRun } from '../store/runs.ts';
import { hasShipEnded } from '../store/schema.ts';
import { readApply } from './plan.ts';
import { readDeployment, readShip } from './read.ts';
import { readRun } from './runs.ts';
import type { DeploymentView, StreamEvent } from './views.ts';

/** For what no bell rings, and for rings that were lost. */
const usualPollMs = 150;
/** Where much happens at once, it is told some at a time. */
const restMs = 100;

/** All that happens to a ship from its beginning, until it has ended. Attach again at any time. */
export async function* shipEvents(ctx: Context, id: string, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const cursor = { event: '0' };
  const jobs = { event: '0' };
  const turn = { open: true };
  while (!signal.aborted) {
    const ship = await readShip(ctx, id);
    const news = hearOf(ctx, ship.run, signal);
    if (ship.run) yield* turnEvents(ctx, ship.run, turn);
    const deployments = ship.deployments.map(({ id: deployment }) => deployment);
    yield* jobEvents(ctx, { run: ship.run, deployments }, jobs);
    yield* phaseEvents(ctx, ship.deployments, cursor);
    if (hasShipEnded(ship.state)) {
      yield { type: 'ship', ship };
      return;
    }
    await news;
  }
}

/** All that happens in an apply from its beginning, until it has ended. */
export async function* applyEvents(ctx: Context, id: string, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const cursor = { event: '0' };
  const jobs = { event: '0' };
  let told = 0;
  while (!signal.aborted) {
    const apply = await readApply(ctx, id);
    for (const { environment, changes, deployment } of apply.outcomes.slice(told)) {
      const paths = changes.map(({ path }) => path);
      if (deployment === null) yield { type: 'applied', environment, changes: paths };
    }
    told = apply.outcomes.length;
    const ids = apply.outcomes.flatMap(({ deployment }) => deployment ?? []);
    yield* jobEvents(ctx, { run: null, deployments: ids }, jobs);
    yield* phaseEvents(ctx, await Promise.all(ids.map((each) => readDeployment(ctx, each))), cursor);
    if (apply.state !== 'running') {
      yield { type: 'apply', apply };
      return;
    }
    await hearOf(ctx, null, signal);
  }
}

/** All that happens to a deployment from its beginning, until it is live or has ended. */
export async function* deploymentEvents(ctx: Context, id: string, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const cursor = { event: '0' };
  const jobs = { event: '0' };
  while (!signal.aborted) {
    const deployment = await readDeployment(ctx, id);
    yield* jobEvents(ctx, { run: null, deployments: [id] }, jobs);
    yield* phaseEvents(ctx, [deployment], cursor);
    if (deployment.phase === 'live' || isTerminal(deployment.phase)) {
      yield { type: 'deployment', deployment };
      return;
    }
    await hearOf(ctx, null, signal);
  }
}

/** All that happens to a pipeline run from its beginning, until it has ended. */
export async function* runEvents(
  ctx: Pick<Context, 'db' | 'bell'>,
  id: string,
  signal: AbortSignal,
  pollMs = usualPollMs,
): AsyncGenerator<StreamEvent> {
  const cursor = { event: '0' };
  while (!signal.aborted) {
    const news = hearOf(ctx, id, signal, pollMs);
    const run = await findRun(ctx.db, id);
    yield* jobEvents(ctx, { run: id, deployments: [] }, cursor);
    if (!run || hasRunEnded(run.state)) {
      yield { type: 'run', run: await readRun(ctx, id) };
      return;
    }
    await news;
  }
}

interface Cursor {
  event: string;
}

async function* phaseEvents(
  ctx: Context,
  deployments: readonly DeploymentView[],
  cursor: Cursor,
): AsyncGenerator<StreamEvent> {
  if (deployments.length === 0) return;
  const known = new Map(deployments.map((deployment) => [deployment.id, deployment]));
  const rows = await ctx.db
    .selectFrom('deployment_events')
    .selectAll()
    .where('deployment', 'in', [...known.keys()])
    .where('id', '>', cursor.event)
    .orderBy('id')
    .execute();
  for (const { id, deployment, phase, reason, at } of rows) {
    cursor.event = id;
    const { environment = '', release = '' } = known.get(deployment) ?? {};
    yield { type: 'phase', deployment, environment, release, phase, reason, at: at.toISOString() };
  }
}

/** Says once that a run waits for its turn. */
async function* turnEvents(ctx: Context, id: string, turn: { open: boolean }): AsyncGenerator<StreamEvent> {
  if (!turn.open) return;
  const run = await findRun(ctx.db, id);
  turn.open = false;
  if (run?.state === 'queued' && run.branch !== null) yield { type: 'queued', run: id, branch: run.branch };
}

/** Of a run, and of those that check deployments. */
async function* jobEvents(
  ctx: Pick<Context, 'db'>,
  of: { run: string | null; deployments: readonly string[] },
  cursor: Cursor,
): AsyncGenerator<StreamEvent> {
  const rows = await ctx.db
    .selectFrom('job_events')
    .innerJoin('jobs', (join) =>
      join.onRef('jobs.run', '=', 'job_events.run').onRef('jobs.name', '=', 'job_events.job'),
    )
    .innerJoin('runs', 'runs.id', 'job_events.run')
    .leftJoin('deployments', 'deployments.id', 'runs.deployment')
    .selectAll('job_events')
    .select(['jobs.cached', 'jobs.duration_ms', 'deployments.environment'])
    .where(({ or, eb }) => or([eb('runs.id', '=', of.run), eb('runs.deployment', 'in', [...of.deployments, ''])]))
    .where('job_events.id', '>', cursor.event)
    .orderBy('job_events.id')
    .execute();
  for (const { id, run, job, state, reason, cached, duration_ms: durationMs, environment, at } of rows) {
    cursor.event = id;
    yield { type: 'job', run, environment, job, state, reason, cached, durationMs, at: at.toISOString() };
  }
}

/** Resolves at once when the run has ended, soon when something has happened to it, and now and then all the same. */
async function hearOf(
  { bell }: Pick<Context, 'bell'>,
  run: string | null,
  signal: AbortSignal,
  pollMs = usualPollMs,
): Promise<void> {
  if (run === null) return sleep(pollMs);
  const heard = new AbortController();
  const quiet = AbortSignal.any([signal, heard.signal]);
  const news = Promise.all([bell.next(`run:${run}`, pollMs, quiet), sleep(restMs)]);
  await Promise.race([bell.next(`ended:${run}`, pollMs, quiet), news]);
  heard.abort();
}
