import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '@kova/core/config/duration';
import type { AppConfig } from '@kova/core/config/schema';
import { listeningSockets } from '../../runtimes/health/listening.ts';
import { listeningInWords } from '../../runtimes/health/listening-words.ts';
import { probe } from '../../runtimes/health/probe.ts';
import { remainders } from '../../runtimes/process/system/terminate.ts';

const pollMs = 25;
const pollAnsweringMs = 250;
/** A page that is compiled when it is asked for may take its time. */
const patienceMs = 60_000;

export interface ReadyWish {
  port: number;
  health: AppConfig['health'];
  /** By which its processes are found. */
  launch: string;
  /** Told once, when it is not ready in time. */
  late: (words: string) => void;
}

/** Resolves when the health path answers 2xx, however long that takes, with the words for it. */
export async function appReady({ port, health, launch, late }: ReadyWish, signal: AbortSignal): Promise<string> {
  const host = '127.0.0.1';
  const lateAt = performance.now() + health.deadline;
  let isLate = false;
  for (;;) {
    const { ok, words, answered } = await probe({ host, port, path: health.path, timeoutMs: patienceMs, signal });
    signal.throwIfAborted();
    if (ok) return words;
    if (!isLate && performance.now() > lateAt) {
      isLate = true;
      const sockets = listeningInWords(listeningSockets(remainders(null, launch)), host, port);
      late(`not ready after ${formatDuration(health.deadline)}: ${words}; ${sockets}`);
    }
    await sleep(answered ? pollAnsweringMs : pollMs, undefined, { signal });
  }
}
