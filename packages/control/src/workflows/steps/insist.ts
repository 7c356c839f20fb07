import { DBOS } from '@dbos-inc/dbos-sdk';
import { hasCode, isErrorCode } from '@kova/core/errors/kova-error';
import type { Context } from '../../context.ts';
import { say } from '../../process-log.ts';
import { noteReason } from '../../store/deployments.ts';
import { deadlines } from './deadlines.ts';
import { type StepOptions, step } from './step.ts';

const firstPauseMs = 500;
/** Users may be where they should not be: who stands in the way is asked again soon after it is back. */
const maxPauseMs = 4000;

interface InsistOptions extends StepOptions {
  /** How it is told that it waits, and why. */
  tell?: (why: string) => string;
}

/**
 * A step that nothing stands in for, such as moving users back: it is done again, with growing pauses, for as long as
 * it fails, and the deployment says why. Only a deployment that others have moved on ends it.
 * @throws KovaError PHASE_CONFLICT
 */
export async function insist(
  ctx: Context,
  deployment: string,
  options: InsistOptions,
  work: () => Promise<unknown>,
): Promise<void> {
  const tell = options.tell ?? ((why) => `"${options.name}" is tried again: ${why}`);
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
    const why = await step(options, work).then(() => null, reasonToRetry);
    if (why === null) return;
    await sayTrying(ctx, deployment, tell(why));
    await DBOS.sleepms(pauseMs);
  }
}

/** Why a step may be tried again. What is no error of a step, or says that the deployment has moved on, is thrown. */
export function reasonToRetry(error: unknown): string {
  const { code, message } = error as { code?: unknown; message: string };
  if (!isErrorCode(code) || hasCode(error, 'PHASE_CONFLICT')) throw error;
  return message;
}

/** Says in the deployment what is tried again and why; a store that refuses even that is no reason to end. */
export async function sayTrying(ctx: Context, deployment: string, told: string): Promise<void> {
  say(deployment, told);
  await step({ name: 'retry.say', deadlineMs: deadlines.record }, () => noteReason(ctx.db, deployment, told)).catch(
    () => {},
  );
}
