import { DBOS } from '@dbos-inc/dbos-sdk';
import { formatDuration } from '@kova/core/config/duration';
import { KovaError } from '@kova/core/errors/kova-error';
import { splitTo } from '@kova/core/traffic/split';
import { type ShiftStep, shiftSteps } from '@kova/core/traffic/strategy';
import { fail, pass, type Verdict } from '@kova/core/verdict';
import type { Context } from '../../context.ts';
import { hostsOf } from '../../routing/derive.ts';
import { publishRoute } from '../../routing/publish.ts';
import { readEnvironment, setWeights } from '../../store/environments.ts';
import { advance } from '../../store/transition.ts';
import type { Plan } from '../plan.ts';
import { nextSignal } from '../signals.ts';
import { deadlines } from './deadlines.ts';
import { step } from './step.ts';

/** How a shift ended: it held, or what spoke against it and as which event that is recorded. */
export interface ShiftOutcome {
  verdict: Verdict;
  event: 'breach' | 'cancel';
}

/** Moves traffic step by step; each step, and the stability window at the end, must hold. */
export async function shift(ctx: Context, plan: Plan): Promise<ShiftOutcome> {
  const { deployment, environment } = plan;
  const plain = deployment.kind === 'rollback' || deployment.replaces === null;
  const steps = shiftSteps(plain ? { kind: 'blue-green' } : environment.strategy);
  for (const part of steps) {
    await step({ name: `shift.${part.weight}`, deadlineMs: deadlines.shift }, () => moveTraffic(ctx, plan, part));
    if (part.weight === 100) break;
    const outcome = await hold(ctx, plan, part.holdMs, `${part.weight} % of the traffic`);
    if (outcome.verdict.outcome === 'fail') return outcome;
  }
  const served = `all traffic is on ${plan.colour}; it must hold for ${formatDuration(environment.stability)}`;
  await step({ name: 'shift.done', deadlineMs: deadlines.record }, () =>
    advance(ctx.db, deployment.id, 'shifted', served),
  );
  return hold(ctx, plan, environment.stability, 'all traffic');
}

async function moveTraffic(ctx: Context, plan: Plan, { weight }: ShiftStep): Promise<void> {
  const { deployment, colour } = plan;
  const { live } = await readEnvironment(ctx.db, deployment.project, deployment.environment);
  const split = splitTo(colour, weight, live !== null && live.deployment !== deployment.id);
  if (!(await setWeights(ctx.db, deployment, ['shifting'], split))) {
    throw new KovaError('PHASE_CONFLICT', `${deployment.id} may not move traffic any more`);
  }
  await ctx.db
    .updateTable('deployments')
    .set({ traffic_at: new Date(), reason: `${split[colour]} % on ${colour}` })
    .where('id', '=', deployment.id)
    .where('traffic_at', 'is', null)
    .execute();
  await publishRoute(ctx, deployment.project, deployment.environment);
  if (weight === 100) await confirmServed(ctx, plan);
}

/** A switch is done when users are answered by the release, not when somebody was told to. */
async function confirmServed(ctx: Context, { deployment, release, app }: Plan): Promise<void> {
  const [host = ''] = hostsOf(release.config, deployment.environment);
  const served = await ctx.edge.servedRelease(host, app.health.path);
  if (served !== release.id)
    throw new KovaError('HEALTH_FAILED', `the edge serves ${served ?? 'nothing'} instead of ${release.id}`);
}

/** A durable wait that a breach or a person ends early. */
async function hold(ctx: Context, plan: Plan, ms: number, what: string): Promise<ShiftOutcome> {
  const deadline = (await DBOS.now()) + ms;
  let signal = await nextSignal(deadline);
  // An approval that came after enough were counted says nothing about the window.
  while (signal?.kind === 'approved') signal = await nextSignal(deadline);
  if (signal?.kind === 'breach') return { verdict: fail(signal.reason), event: 'breach' };
  if (signal?.kind === 'abort') return { verdict: fail(signal.reason), event: 'cancel' };
  const verdict = await step({ name: 'shift.judge', deadlineMs: deadlines.record }, () =>
    lastVerdict(ctx, plan, what, ms),
  );
  return { verdict, event: 'breach' };
}

/** The end of a window without a breach: too little data means what the configuration says. */
async function lastVerdict(ctx: Context, plan: Plan, what: string, ms: number): Promise<Verdict> {
  const { deployment, environment } = plan;
  const row = await ctx.db
    .selectFrom('deployments')
    .select('verdict')
    .where('id', '=', deployment.id)
    .executeTakeFirst();
  if (row?.verdict?.outcome !== 'inconclusive') return pass(`${what} held for ${formatDuration(ms)}`);
  if (environment.analysis.noData === 'fail') return fail(`${row.verdict.reason}, and analysis.noData is fail`);
  return pass(`nothing spoke against it, but ${row.verdict.reason}`);
}
