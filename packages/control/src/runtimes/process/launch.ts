import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity } from '../../home/unprivileged.ts';
import { inheritableDescriptors } from './system/inheritable.ts';
import { isRunning, type ProcessRef, refTo } from './system/processes.ts';

/** A program that was started. */
export interface StartedProgram {
  /** Null when it could not be started or has ended already. */
  process: ProcessRef | null;
  /** Resolves, and never rejects, with how it ended: `exited with 1`, `was killed by SIGKILL`. */
  ended: Promise<string>;
}

export interface LaunchPlan {
  argv: readonly string[];
  cwd: string;
  env: Record<string, string>;
  as: Identity | null;
  /** Opens the file that the stream is appended to; the descriptor is closed after the launch. */
  openOutput: (stream: 'stdout' | 'stderr') => number;
}

/** Apps are killed before Kova (0) when memory runs out, and after builds (900). */
const oomScore = '500';
const pollAdoptedMs = 200;
const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find(isExecutable);

/** setpriv's own endings, when it could not start the program. */
export const notExecuted = /^setpriv: failed to execute (.*)$/;

/**
 * Starts a program in a session and process group of its own: its output goes to files, it has no other descriptor and
 * no environment but the given one, it cannot gain privileges, and it lives on when this process ends.
 * Resolves when it was started or could not be; the latter is an ending like any other.
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
    makeFirstToBeKilled(child.pid);
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
  const stdio: StdioOptions = ['ignore', keep(plan.openOutput('stdout')), keep(plan.openOutput('stderr'))];
  const nothing = keep(openSync('/dev/null', 'r'));
  for (const fd of inheritableDescriptors()) stdio[fd] = nothing;
  const [program = '', ...args] = setpriv ? [setpriv, '--nnp', '--', ...plan.argv] : plan.argv;
  return spawn(program, args, {
    cwd: plan.cwd,
    env: plan.env,
    detached: true,
    stdio: Array.from(stdio, (entry) => entry ?? 'ignore'),
    ...(plan.as ? { uid: plan.as.uid, gid: plan.as.gid } : {}),
  });
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

function makeFirstToBeKilled(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, oomScore);
  } catch {
    // It has ended already, or this system has no such file.
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
