import { DBOS } from '@dbos-inc/dbos-sdk';
import { formatDuration } from '@kova/core/config/duration';
import { fail, inconclusive, pass, type Verdict } from '@kova/core/verdict';
import type { Context } from '../../context.ts';
import type { Plan } from '../plan.ts';
import { nextSignal } from '../signals.ts';
import { deadlines } from './deadlines.ts';
import { step } from './step.ts';

/** How a shift or its end came out: it held, or what spoke against it and as which event that is recorded. */
export interface ShiftOutcome {
  verdict: Verdict;
  event: 'breach' | 'cancel';
}

/** A durable wait that a breach or a person ends early. */
export async function hold(ctx: Context, plan: Plan, ms: number, what: string): Promise<ShiftOutcome> {
  const against = await objection(ms);
  if (against) return against;
  const verdict = await step({ name: 'shift.judge', deadlineMs: deadlines.record }, () =>
    lastVerdict(ctx, plan, what, ms),
  );
  return { verdict, event: 'breach' };
}

/** Waits for what speaks against a deployment that users are on; null when nothing did. */
export async function objection(ms: number): Promise<ShiftOutcome | null> {
  const deadline = (await DBOS.now()) + ms;
  let signal = await nextSignal(deadline);
  // An approval that came after enough were counted says nothing about the window.
  while (signal?.kind === 'approved') signal = await nextSignal(deadline);
  if (signal?.kind === 'breach') return { verdict: fail(signal.reason), event: 'breach' };
  if (signal?.kind === 'abort') return { verdict: fail(signal.reason), event: 'cancel' };
  return null;
}

/** The end of a window that nobody has broken off: too little data means what the configuration says. */
async function lastVerdict(ctx: Context, plan: Plan, what: string, ms: number): Promise<Verdict> {
  const { deployment, environment } = plan;
  const row = await ctx.db
    .selectFrom('deployments')
    .select('verdict')
    .where('id', '=', deployment.id)
    .executeTakeFirst();
  const last = row?.verdict ?? inconclusive('it was not watched');
  if (last.outcome === 'fail') return last;
  if (last.outcome === 'pass') return pass(`${what} held for ${formatDuration(ms)}`);
  if (environment.analysis.noData === 'fail') return fail(`${last.reason}, and analysis.noData is fail`);
  return pass(`nothing spoke against it, but ${last.reason}`);
}
