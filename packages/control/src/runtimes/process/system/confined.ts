import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, writeFileSync } from 'node:fs';
import type { Identity } from '../../../home/unprivileged.ts';
import { inheritableDescriptors } from './inheritable.ts';

export interface ConfinedPlan {
  argv: readonly string[];
  cwd: string;
  /** The whole of it. */
  env: Record<string, string>;
  /** Null for this process's own user. */
  as: Identity | null;
}

type Stdio = 'pipe' | 'ignore' | 'ipc' | number;

/** Apps are killed before Kova (0) when memory runs out, and after builds (900). */
const oomScore = '500';
const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find(isExecutable);

/** setpriv's own endings, when it could not start the program. */
export const notExecuted = /^setpriv: failed to execute (.*)$/;

/**
 * Starts a program in a session and process group of its own: it has no descriptor and no environment but those given,
 * and cannot gain privileges. Like `spawn` it tells of failure by an event.
 */
export function spawnConfined({ argv, cwd, env, as }: ConfinedPlan, given: readonly Stdio[]): ChildProcess {
  const nothing = openSync('/dev/null', 'r');
  try {
    const stdio: (Stdio | undefined)[] = [...given];
    for (const fd of inheritableDescriptors()) stdio[fd] ??= nothing;
    const [program = '', ...args] = setpriv ? [setpriv, '--nnp', '--', ...argv] : argv;
    const child = spawn(program, args, {
      ...{ cwd, env, detached: true },
      stdio: Array.from(stdio, (entry) => entry ?? 'ignore'),
      ...(as ? { uid: as.uid, gid: as.gid } : {}),
    });
    child.once('spawn', () => makeFirstToBeKilled(child.pid));
    return child;
  } finally {
    closeSync(nothing);
  }
}

/** The command that becomes another user, for who starts it without `spawn`. */
export function argvAs(argv: readonly string[], as: Identity | null): string[] {
  if (as === null) return [...argv];
  const { uid, gid } = as;
  return [setpriv ?? 'setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', ...argv];
}

function makeFirstToBeKilled(pid: number | undefined): void {
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
