import { DBOS } from '@dbos-inc/dbos-sdk';
import { formatDuration } from '@kova/core/config/duration';
import { type ErrorReport, hasCode, KovaError, reportOf } from '@kova/core/errors/kova-error';
import type { Context } from '../../context.ts';
import { abortRequest } from '../../store/deployments.ts';

import { crashPoint } from './crash-point.ts';

type Outcome<T> = { value: T } | { error: ErrorReport };

const pollMs = 300;
const patienceMs = 600_000;

export interface StepOptions {
  name: string;
  deadlineMs: number;
  /** The deployment whose abort ends the step early. */
  abortable?: { ctx: Context; deployment: string };
}

/**
 * One durable, named step: it ends by its deadline, whatever it waits for; when Postgres goes away it is done again
 * until Postgres is back. Steps are idempotent, so a crash between the deed and its checkpoint does no harm.
 * @throws KovaError; the same one again on replay. STEP_TIMEOUT names the step.
 */
export async function step<T>(options: StepOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const outcome = await DBOS.runStep(() => attempt(options, work), { name: options.name });
  if ('value' in outcome) return outcome.value;
  throw new KovaError(outcome.error.code, outcome.error.message, { next: outcome.error.next });
}

async function attempt<T>(options: StepOptions, work: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
  crashPoint(`${options.name}:before`);
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    try {
      const value = await limited(options, work);
      crashPoint(`${options.name}:after`);
      return { value };
    } catch (error) {
      if (!hasCode(error, 'STORE_UNAVAILABLE') || Date.now() > giveUpAt) return { error: reportOf(error) };
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** Races the work against its deadline and its abort: a step that ignores its signal ends all the same. */
async function limited<T>(
  { name, deadlineMs, abortable }: StepOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const late = () => new KovaError('STEP_TIMEOUT', `"${name}" did not end within ${formatDuration(deadlineMs)}`);
  const deadline = setTimeout(() => controller.abort(late()), deadlineMs);
  const poll = abortable && setInterval(() => void watchAbort(abortable, controller), pollMs);
  const aborted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  try {
    return await Promise.race([work(controller.signal), aborted]);
  } finally {
    clearTimeout(deadline);
    clearInterval(poll);
  }
}

async function watchAbort({ ctx, deployment }: { ctx: Context; deployment: string }, controller: AbortController) {
  const request = await abortRequest(ctx.db, deployment).catch(() => null);
  if (request) controller.abort(new KovaError('CANCELLED', request.reason));
}
