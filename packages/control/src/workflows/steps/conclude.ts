import type { ReleaseHealth } from '@kova/core/deployment/deployment';
import { inconclusive, pass, type Verdict } from '@kova/core/verdict';
import type { Context } from '../../context.ts';
import { told } from '../../process-log.ts';
import { publishRoute } from '../../routing/publish.ts';
import type { Plan } from '../plan.ts';
import { deadlines } from './deadlines.ts';
import { objection, type ShiftOutcome } from './hold.ts';
import { reasonToRetry, sayTrying } from './insist.ts';
import { servedVerdict } from './served.ts';
import { settle } from './settle.ts';
import { step } from './step.ts';

const firstPauseMs = 500;
const maxPauseMs = 30_000;

/**
 * The window held: the release is live once the edge answers with it and that is recorded. An edge that is away and a
 * store that refuses say nothing against the release, so neither takes users off it: both are tried again until they
 * answer, or a breach or a person ends the wait.
 */
export async function conclude(ctx: Context, plan: Plan, health: ReleaseHealth, reason: string): Promise<ShiftOutcome> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
    const verdict = await step({ name: 'settle', deadlineMs: deadlines.record }, () =>
      recordServed(ctx, plan, health, reason),
    ).catch((error: unknown) => inconclusive(reasonToRetry(error)));
    if (verdict.outcome !== 'inconclusive') return { verdict, event: 'breach' };
    await sayTrying(ctx, plan.deployment.id, `"settle" is tried again: ${verdict.reason}`);
    const against = await objection(pauseMs);
    if (against) return against;
  }
}

async function recordServed(ctx: Context, plan: Plan, health: ReleaseHealth, reason: string): Promise<Verdict> {
  const served = await servedVerdict(ctx, plan);
  if (served.outcome !== 'pass') return served;
  await settle(ctx, plan, health, reason);
  // Its hosts hold from now on. An edge that is away is told of them when it is back.
  await publishRoute(ctx, plan.deployment.project, plan.deployment.environment).catch(told('route'));
  return pass(reason);
}
