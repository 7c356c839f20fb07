import { setTimeout as sleep } from 'node:timers/promises';
import { signalGroup } from '../../../commands/group.ts';
import { groupOf, markedBy, type ProcessRef } from './processes.ts';

/** Carries the launch that a process belongs to, also of those that left its group. */
export const launchVariable = 'KOVA_LAUNCH';

const pollMs = 20;
const scanEveryMs = 200;
const killPatienceMs = 10_000;

/**
 * SIGTERM to the group of `leader`, SIGKILL to what is left of it after `graceMs`, and SIGKILL to the processes of the
 * launch that have left the group. Returns when none of them runs, or after 10 s of killing with those that still do.
 */
export async function terminate(leader: ProcessRef | null, launch: string, graceMs: number): Promise<number[]> {
  if (leader && graceMs > 0 && groupOf(leader).length > 0) {
    signalGroup(leader.pid, 'SIGTERM');
    await groupGone(leader, graceMs);
  }
  return killAll(() => remainders(leader, launch));
}

/** SIGKILL to all processes of these launches; returns when none of them runs, or after 10 s. */
export async function killLaunches(belongs: (launch: string) => boolean): Promise<void> {
  await killAll(() => [...markedBy(launchVariable)].filter(([, launch]) => belongs(launch)).map(([pid]) => pid));
}

/** The running processes of a launch, in its group or out of it. */
export function remainders(leader: ProcessRef | null, launch: string): number[] {
  const strays = [...markedBy(launchVariable)].filter(([, value]) => value === launch).map(([pid]) => pid);
  const group = leader ? groupOf(leader) : [];
  return [...new Set([...group.map(({ pid }) => pid), ...strays])];
}

/** Asking for the group is cheap, but what waits to be reaped counts as well; that needs a look at every process. */
async function groupGone(leader: ProcessRef, patienceMs: number): Promise<void> {
  const until = performance.now() + patienceMs;
  for (let scanAt = 0; performance.now() < until; await sleep(pollMs)) {
    if (!signalGroup(leader.pid, 0)) return;
    if (performance.now() < scanAt) continue;
    if (groupOf(leader).length === 0) return;
    scanAt = performance.now() + scanEveryMs;
  }
}

async function killAll(find: () => number[]): Promise<number[]> {
  const until = performance.now() + killPatienceMs;
  for (let left = find(); ; left = find()) {
    if (left.length === 0 || performance.now() > until) return left;
    for (const pid of left) kill(pid);
    await sleep(pollMs);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
