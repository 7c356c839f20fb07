import type { RunState } from '../pipeline/state.ts';

/** What a provider shows beside a commit. */
export interface CommitStatus {
  /** What it speaks of: the provider keeps the last word of each. */
  context: 'kova/pipeline' | 'kova/ship';
  state: 'pending' | 'success' | 'failure' | 'error';
  description: string;
}

/** What became of a commit so far. */
export interface CommitWork {
  trigger: { state: 'accepted' | 'started' | 'ignored' | 'superseded' | 'failed'; reason: string };
  run: { state: RunState; reason: string } | null;
  ship: { state: 'building' | 'deploying' | 'done' | 'failed' | 'superseded'; reason: string } | null;
}

/** GitHub takes no more. */
const longest = 140;
const atWork = 'Kova is at work on it';

const runStatus: Readonly<Record<RunState, CommitStatus['state']>> = {
  queued: 'pending',
  running: 'pending',
  passed: 'success',
  failed: 'failure',
  // It was not checked: that is not green, and nothing is known to be wrong.
  inconclusive: 'error',
  cancelled: 'error',
  superseded: 'error',
};

const shipStatus: Readonly<Record<NonNullable<CommitWork['ship']>['state'], CommitStatus['state']>> = {
  building: 'pending',
  deploying: 'pending',
  done: 'success',
  failed: 'failure',
  superseded: 'error',
};

/** One for what proves a commit, one for what takes it to users; none of work that has not begun. */
export function statusesOf({ trigger, run, ship }: CommitWork): CommitStatus[] {
  const statuses: CommitStatus[] = [];
  if (trigger.state === 'failed' || trigger.state === 'superseded')
    statuses.push(status('kova/pipeline', 'error', trigger.reason));
  if (run) statuses.push(status('kova/pipeline', runStatus[run.state], run.reason));
  if (ship) statuses.push(status('kova/ship', shipStatus[ship.state], ship.reason));
  return statuses;
}

function status(context: CommitStatus['context'], state: CommitStatus['state'], reason: string): CommitStatus {
  const line = state === 'pending' ? atWork : (reason.split('\n')[0] ?? '');
  return { context, state, description: line.length > longest ? `${line.slice(0, longest - 1)}…` : line };
}
