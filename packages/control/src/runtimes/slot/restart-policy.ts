import { formatDuration } from '@kova/core/config/duration';

export interface RestartPolicy {
  /** Before the first restart; doubles with each end. */
  firstDelayMs: number;
  maxDelayMs: number;
  /** An instance that was ready for so long starts with a clean record. */
  healthyAfterMs: number;
  /** So many ends within `loopWindowMs` are a crash loop. */
  loopEnds: number;
  loopWindowMs: number;
  /** So many ends before it was ever ready are a crash loop. */
  loopEndsBeforeReady: number;
}

export const defaultRestartPolicy: RestartPolicy = {
  firstDelayMs: 250,
  maxDelayMs: 30_000,
  healthyAfterMs: 60_000,
  loopEnds: 5,
  loopWindowMs: 60_000,
  loopEndsBeforeReady: 3,
};

/** The unasked ends of an instance since it was last healthy. */
export interface EndHistory {
  /** Times in milliseconds since the epoch, the newest last; as many as the policy looks at. */
  ends: number[];
  count: number;
  everReady: boolean;
  /** Why it is a crash loop; stays until the instance was healthy again. */
  crashLoop: string | null;
}

export const cleanHistory: EndHistory = { ends: [], count: 0, everReady: false, crashLoop: null };

/** The history after an end at `at`, of an instance that had been ready since `readyAt`. */
export function withEnd(history: EndHistory, policy: RestartPolicy, at: number, readyAt: number | null): EndHistory {
  const wasHealthy = readyAt !== null && at - readyAt >= policy.healthyAfterMs;
  const before = wasHealthy ? { ...cleanHistory, everReady: true } : history;
  const next = {
    ends: [...before.ends, at].slice(-policy.loopEnds),
    count: before.count + 1,
    everReady: before.everReady || readyAt !== null,
    crashLoop: before.crashLoop,
  };
  return { ...next, crashLoop: next.crashLoop ?? crashLoopOf(next, policy) };
}

/** How long to wait before the next start. A crash loop is still tried now and then: what it lacks may come back. */
export function restartDelay(history: EndHistory, policy: RestartPolicy): number {
  if (history.crashLoop !== null) return policy.maxDelayMs;
  return Math.min(policy.firstDelayMs * 2 ** Math.max(0, history.count - 1), policy.maxDelayMs);
}

function crashLoopOf(history: EndHistory, policy: RestartPolicy): string | null {
  if (!history.everReady && history.count >= policy.loopEndsBeforeReady) {
    return `it ended ${history.count} times before it was ever ready`;
  }
  const [oldest = 0] = history.ends;
  const newest = history.ends.at(-1) ?? 0;
  if (history.ends.length < policy.loopEnds || newest - oldest > policy.loopWindowMs) return null;
  return `it ended ${policy.loopEnds} times within ${formatDuration(newest - oldest)}`;
}
