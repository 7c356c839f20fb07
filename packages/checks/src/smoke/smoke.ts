import { setTimeout as sleep } from 'node:timers/promises';
import type { Case } from '../report/junit.ts';
import { ask } from '../target/ask.ts';
import type { Target } from '../target/target.ts';

const pauseMs = 250;
const longestAnswerMs = 10_000;

/**
 * Asks each path, one after the other, until it answers 2xx or 3xx or the deadline has passed.
 * @param deadlineMs for all paths together; each is asked once at least
 */
export async function smoke(target: Target, paths: readonly string[], deadlineMs: number): Promise<Case[]> {
  const end = performance.now() + deadlineMs;
  const cases: Case[] = [];
  for (const path of paths) {
    const startedAt = performance.now();
    const failure = await insist(target, path, end);
    cases.push({ name: `GET ${path}`, seconds: (performance.now() - startedAt) / 1000, failure });
  }
  return cases;
}

async function insist(target: Target, path: string, end: number): Promise<string | null> {
  for (;;) {
    const failure = await once(target, path, Math.min(longestAnswerMs, Math.max(1000, end - performance.now())));
    if (failure === null || performance.now() + pauseMs >= end) return failure;
    await sleep(pauseMs);
  }
}

async function once(target: Target, path: string, deadlineMs: number): Promise<string | null> {
  try {
    const status = await ask(target, path, Math.round(deadlineMs));
    return status >= 200 && status < 400 ? null : `answered ${status}; 2xx or 3xx expected`;
  } catch (error) {
    return (error as Error).message || String(error);
  }
}
