import { DBOS } from '@dbos-inc/dbos-sdk';
import type { Context } from '../../../context.ts';
import { type Turn, takeTurn, waitingBeside } from '../../../store/turns.ts';
import { deadlines } from '../deadlines.ts';
import { step } from '../step.ts';

const named = (name: string) => ({ name: `pipeline.${name}`, deadlineMs: deadlines.record });
const topic = 'turn';
/** Whoever is not woken, since the control plane died in between, looks all the same. */
const lookAgainSeconds = 30;

/**
 * Waits until no run of the same branch is at work before this one, which tells those that wait of a newer one. Says
 * whether it may begin.
 */
export async function awaitTurn(ctx: Context, id: string): Promise<boolean> {
  for (let asked = 0; ; asked += 1) {
    const turn = await step<Turn>(named('turn'), async () => {
      if (asked === 0) await wakeWaiting(ctx, id, 'came');
      return takeTurn(ctx.db, id);
    });
    if (turn !== 'waits') return turn === 'begun';
    await DBOS.recv(topic, { timeoutSeconds: lookAgainSeconds });
  }
}

/** Wakes the runs of the same branch that wait: a newer one has come, or the one before has ended. Idempotent. */
export async function wakeWaiting(ctx: Context, id: string, why: 'came' | 'ended' | 'stopped'): Promise<void> {
  const waiting = why === 'stopped' ? [id] : await waitingBeside(ctx.db, id);
  for (const run of waiting) {
    // One whose workflow is not there yet looks when it begins.
    await DBOS.send(run, why, topic, `${run}:${id}:${why}`).catch(() => undefined);
  }
}
