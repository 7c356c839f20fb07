import { setTimeout as sleep } from 'node:timers/promises';
import type { LaunchRecord } from '../slot/records.ts';
import type { Surroundings } from '../slot/surroundings.ts';
import { type ProbeResult, probe } from './probe.ts';

const firstPollMs = 50;
/** While nothing answers yet, polls wait for this part of the time passed, so that they cost a start 5 % at most. */
const pollShare = 0.05;

type Outcome = ProbeResult | 'aborted' | 'answered by another';

/** Resolves when the health path answers 2xx: with the answer, or with that it was not this instance that gave it. */
export async function becomeReady<R extends LaunchRecord>(
  around: Surroundings<R>,
  record: R,
  signal: AbortSignal,
): Promise<Outcome> {
  while (!signal.aborted) {
    const result = await ask(around, record, signal);
    if (signal.aborted) break;
    const own = result.ok && around.launcher.owns(record);
    if (result.ok && own) return result;
    if (result.ok && own === false) return 'answered by another';
    await sleep(pauseAfter(result, around, record), undefined, { signal }).catch(() => {});
  }
  return 'aborted';
}

/** What a launch that runs but is not ready does, in words. */
export async function describeUnready<R extends LaunchRecord>(around: Surroundings<R>, record: R): Promise<string> {
  const { words } = await ask(around, record);
  return `${words}; ${around.launcher.describe(record)}`;
}

function ask<R extends LaunchRecord>({ spec, launcher }: Surroundings<R>, record: R, signal?: AbortSignal) {
  const { path, timeoutMs } = spec.health;
  return probe({ ...launcher.addressOf(record), path, timeoutMs, signal });
}

function pauseAfter<R extends LaunchRecord>(result: ProbeResult, { spec }: Surroundings<R>, { startedAt }: R): number {
  const { intervalMs } = spec.health;
  if (result.answered) return intervalMs;
  return Math.min(Math.max(firstPollMs, (Date.now() - startedAt) * pollShare), intervalMs);
}
