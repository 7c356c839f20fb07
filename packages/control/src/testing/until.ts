import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '@kova/core/config/duration';

/** Polls until `look` gives something, for what tells nobody when it happens; fails after `patienceMs`. */
export async function until<T>(look: () => T | Promise<T>, patienceMs = 60_000): Promise<Found<T>> {
  for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(20)) {
    const found = await look();
    if (found) return found as Found<T>;
  }
  throw new Error(`it did not happen within ${formatDuration(patienceMs)}`);
}

type Found<T> = Exclude<T, undefined | null | false | 0 | ''>;
