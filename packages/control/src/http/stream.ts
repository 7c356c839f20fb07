import { isTerminal } from '@kova/core/deployment/phase';
import type { Context } from '../context.ts';
import { readDeployment, readShip } from './read.ts';
import type { DeploymentView, ShipView, StreamEvent } from './views.ts';

const pollMs = 150;

/** All that happens to a ship from its beginning, until it has ended. Attach again at any time. */
export async function* shipEvents(ctx: Context, id: string, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const cursor = { line: '0', event: '0' };
  while (!signal.aborted) {
    const ship = await readShip(ctx, id);
    yield* lines(ctx, id, cursor);
    yield* phaseEvents(ctx, ship.deployments, cursor);
    if (hasEnded(ship)) {
      yield { type: 'ship', ship };
      return;
    }
    await pause();
  }
}

function hasEnded({ state }: ShipView): boolean {
  return state === 'done' || state === 'failed';
}

/** All that happens to a deployment from its beginning, until it is live or has ended. */
export async function* deploymentEvents(ctx: Context, id: string, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const cursor = { line: '0', event: '0' };
  while (!signal.aborted) {
    const deployment = await readDeployment(ctx, id);
    yield* phaseEvents(ctx, [deployment], cursor);
    if (deployment.phase === 'live' || isTerminal(deployment.phase)) {
      yield { type: 'deployment', deployment };
      return;
    }
    await pause();
  }
}

interface Cursor {
  line: string;
  event: string;
}

async function* lines(ctx: Context, ship: string, cursor: Cursor): AsyncGenerator<StreamEvent> {
  const rows = await ctx.db
    .selectFrom('ship_lines')
    .select(['id', 'text'])
    .where('ship', '=', ship)
    .where('id', '>', cursor.line)
    .orderBy('id')
    .limit(500)
    .execute();
  for (const { id, text } of rows) {
    cursor.line = id;
    yield { type: 'line', text };
  }
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

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pollMs));
}
