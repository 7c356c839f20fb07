import type { Verdict } from '../verdict.ts';

/** The states of a job in a run; all but the first two are final. */
export const jobStates = ['waiting', 'running', 'passed', 'failed', 'inconclusive', 'skipped', 'cancelled'] as const;

export type JobState = (typeof jobStates)[number];

/**
 * The states of a run; all but the first two are final. One that is queued waits until the run of its branch before it
 * has ended; a newer one of the branch supersedes it.
 */
export const runStates = ['queued', 'running', 'passed', 'failed', 'inconclusive', 'cancelled', 'superseded'] as const;

export type RunState = (typeof runStates)[number];

export function hasRunEnded(state: RunState): boolean {
  return state !== 'queued' && state !== 'running';
}

const ends = { pass: 'passed', fail: 'failed', inconclusive: 'inconclusive' } as const;

/** How a job or a run ends that came to this verdict. */
export function stateAfter({ outcome }: Verdict): 'passed' | 'failed' | 'inconclusive' {
  return ends[outcome];
}
