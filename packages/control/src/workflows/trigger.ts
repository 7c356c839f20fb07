import { DBOS } from '@dbos-inc/dbos-sdk';
import { hasCode, reportOf } from '@kova/core/errors/kova-error';
import type { Context } from '../context.ts';
import { endTrigger } from '../store/triggers.ts';
import { deadlines } from './steps/deadlines.ts';
import { step } from './steps/step.ts';
import { beginWork } from './steps/trigger/begin-work.ts';
import { fetchHead } from './steps/trigger/fetch-head.ts';

const named = (name: string, deadlineMs: number = deadlines.record) => ({ name: `trigger.${name}`, deadlineMs });
/** The remote may be away for a while; then a later push, or the next poll, looks again. */
const pausesMs = [1000, 5000, 15_000, 60_000, 300_000, 900_000];

/** Starts a ship or a run; does nothing when it was started before. */
export interface WorkStarters {
  ship: (id: string) => Promise<void>;
  pipeline: (id: string) => Promise<void>;
}

/** Looks at what a ref of the repository has now, and begins the work that the project wants on it. */
export async function trigger(ctx: Context, start: WorkStarters, id: string): Promise<void> {
  try {
    const commit = await fetchPatiently(ctx, id);
    if (commit === null) return;
    const { ship, run } = await step(named('begin'), () => beginWork(ctx, id, commit));
    if (ship) await start.ship(ship);
    if (run) await start.pipeline(run);
  } catch (error) {
    const { message } = reportOf(error);
    await step(named('failed'), () => endTrigger(ctx.db, id, { state: 'failed', reason: message }));
  }
}

/** Null when the trigger has ended meanwhile. */
async function fetchPatiently(ctx: Context, id: string): Promise<string | null> {
  for (const pauseMs of [...pausesMs, null]) {
    try {
      return await step(named('fetch', deadlines.fetch), (signal) => fetchHead(ctx, id, signal));
    } catch (error) {
      if (pauseMs === null || !hasCode(error, 'REMOTE_UNREACHABLE')) throw error;
      await DBOS.sleepms(pauseMs);
    }
  }
  return null;
}
