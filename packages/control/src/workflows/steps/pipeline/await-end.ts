import type { Context } from '../../../context.ts';

const pollMs = 1000;

/** Waits until all jobs of a run have ended, for so long at most; whether they have. Idempotent. */
export async function awaitEnd(ctx: Context, run: string, signal: AbortSignal, limitMs: number): Promise<boolean> {
  for (const until = performance.now() + limitMs; performance.now() < until; ) {
    const rung = ctx.bell.next(`run:${run}`, pollMs, signal);
    if (await hasEnded(ctx, run)) return true;
    await rung;
    signal.throwIfAborted();
  }
  return false;
}

async function hasEnded({ db }: Context, run: string): Promise<boolean> {
  const open = db.selectFrom('jobs').select('name').where('run', '=', run).where('ended_at', 'is', null);
  return (await open.limit(1).executeTakeFirst()) === undefined;
}
