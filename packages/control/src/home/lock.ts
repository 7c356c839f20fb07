import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AlreadyRunning, takeLock } from '@kova/edge/lock';

/** How a control plane ends that has found another process at work in its home. */
export const lockedExitCode = 97;

const pollMs = 50;

/**
 * Makes this process the one that starts and stops things in the home, for as long as it lives or until it calls what
 * is returned; null when another one still is after `patienceMs`.
 */
export async function lockHome(home: string, patienceMs = 0): Promise<(() => Promise<void>) | null> {
  const lock = join(home, 'control.lock');
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      await takeLock(lock);
      return () => rm(lock);
    } catch (error) {
      if (!(error instanceof AlreadyRunning)) throw error;
    }
    if (performance.now() >= until) return null;
    await delay(pollMs);
  }
}
