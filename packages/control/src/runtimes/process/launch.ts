import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConfinedPlan, spawnConfined } from './system/confined.ts';
import { isRunning, type ProcessRef, refTo } from './system/processes.ts';

/** A program that was started. */
export interface StartedProgram {
  /** Null when it could not be started or has ended already. */
  process: ProcessRef | null;
  /** Resolves, and never rejects, with how it ended: `exited with 1`, `was killed by SIGKILL`. */
  ended: Promise<string>;
}

export interface LaunchPlan extends ConfinedPlan {
  /** Opens the file that the stream is appended to; the descriptor is closed after the launch. */
  openOutput: (stream: 'stdout' | 'stderr') => number;
}

const pollAdoptedMs = 200;

/**
 * Starts a confined program whose output goes to files, and which lives on when this process ends. Resolves when it was
 * started or could not be; the latter is an ending like any other.
 */
export async function launch(plan: LaunchPlan): Promise<StartedProgram> {
  const opened: number[] = [];
  try {
    const child = start(plan, opened);
    const ended = endingOf(child);
    const started = new Promise<void>((resolve) => child.once('spawn', resolve));
    await Promise.race([started, ended]);
    child.unref();
    if (child.pid === undefined) return { process: null, ended };
    return { process: refTo(child.pid), ended };
  } catch (error) {
    return { process: null, ended: Promise.resolve(notStarted(error as Error)) };
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/** Watches a process that another one started; how it ended is known to nobody. */
export async function endingOfAdopted(process: ProcessRef, signal: AbortSignal): Promise<string> {
  while (!signal.aborted && isRunning(process)) {
    await sleep(pollAdoptedMs, undefined, { signal }).catch(() => {});
  }
  return 'ended';
}

function start(plan: LaunchPlan, opened: number[]): ChildProcess {
  const keep = (fd: number) => {
    opened.push(fd);
    return fd;
  };
  return spawnConfined(plan, ['ignore', keep(plan.openOutput('stdout')), keep(plan.openOutput('stderr'))]);
}

function endingOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ? `was killed by ${signal}` : `exited with ${code}`));
    child.once('error', (error) => resolve(notStarted(error)));
  });
}

function notStarted(error: Error): string {
  return `could not be started (${error.message})`;
}
