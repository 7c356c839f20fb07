import { setTimeout as sleep } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { formatDuration } from '@kova/core/config/duration';
import type { ErrorCode } from '@kova/core/errors/codes';
import { type ErrorReport, hasCode, KovaError, reportOf } from '@kova/core/errors/kova-error';
import { crashPoint } from './crash-point.ts';
import { type AbortQuestion, watchAbort } from './watch-abort.ts';

type Outcome<T> = { value: T } | { error: ErrorReport };

const patienceMs = 600_000;
const pauseMs = 500;
/** What a step that was ended may still do to leave nothing behind. */
const cleanUpMs = 10_000;

export interface StepOptions {
  name: string;
  deadlineMs: number;
  /** Asked again and again: who wants the step to end early, or null. */
  aborted?: AbortQuestion;
}

/**
 * One durable, named step: it ends by its deadline, whatever it waits for; when Postgres goes away it is done again
 * until Postgres is back. Steps are idempotent, so a crash between the deed and its checkpoint does no harm.
 * @throws KovaError; the same one again on replay. STEP_TIMEOUT names the step.
 */
export async function step<T>(options: StepOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return resultOf(await DBOS.runStep(() => attempt(options, work), { name: options.name }));
}

/** As `step`, outside a workflow: nothing is recorded but what the work records itself. @throws KovaError */
export async function carried<T>(options: StepOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return resultOf(await attempt(options, work));
}

function resultOf<T>(outcome: Outcome<T>): T {
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
      if (!hasCode(error, 'STORE_UNAVAILABLE') || Date.now() > giveUpAt) {
        return { error: named(options.name, reportOf(error)) };
      }
      await sleep(pauseMs);
    }
  }
}

/** What can come up anywhere says where it did. */
const anywhere: ReadonlySet<ErrorCode> = new Set(['EDGE_UNAVAILABLE', 'STORE_UNAVAILABLE', 'INTERNAL']);

function named(name: string, report: ErrorReport): ErrorReport {
  return anywhere.has(report.code) ? { ...report, message: `"${name}" failed: ${report.message}` } : report;
}

/** Races the work against its deadline and its abort: a step that ignores its signal ends all the same. */
async function limited<T>(
  { name, deadlineMs, aborted }: StepOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const late = () => new KovaError('STEP_TIMEOUT', `"${name}" did not end within ${formatDuration(deadlineMs)}`);
  const deadline = setTimeout(() => controller.abort(late()), deadlineMs);
  const unwatch = aborted && watchAbort(aborted, controller);
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const working = work(signal);
  try {
    return await Promise.race([working, ended]);
  } finally {
    clearTimeout(deadline);
    unwatch?.();
    if (signal.aborted)
      await Promise.race([working.catch(() => undefined), sleep(cleanUpMs, undefined, { ref: false })]);
  }
}
