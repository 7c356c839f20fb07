import type { Phase } from './phase.ts';

export type PhaseEvent =
  | 'begin'
  | 'prepared'
  | 'migrated'
  | 'started'
  | 'verified'
  | 'approval-needed'
  | 'approved'
  | 'shifted'
  | 'held'
  /** A newer release took its place. */
  | 'replaced'
  /** A rollback took its place: the deployment is what was undone. */
  | 'undone'
  | 'breach'
  | 'reverted'
  /** There was nothing healthy to go back to; traffic stays where it is served. */
  | 'kept'
  | 'fail'
  | 'cancel'
  | 'supersede';

/**
 * The one table of phase changes. What is not here cannot happen; the store repeats the guard in SQL.
 * It has no cycle, so every deployment ends.
 */
export const transitions: Readonly<Record<Phase, Readonly<Partial<Record<PhaseEvent, Phase>>>>> = {
  queued: { begin: 'preparing', fail: 'failed', cancel: 'cancelled', supersede: 'superseded' },
  preparing: { prepared: 'migrating', fail: 'failed', cancel: 'cancelled' },
  migrating: { migrated: 'starting', fail: 'failed', cancel: 'cancelled' },
  starting: { started: 'verifying', fail: 'failed', cancel: 'cancelled' },
  verifying: { verified: 'shifting', 'approval-needed': 'awaiting-approval', fail: 'failed', cancel: 'cancelled' },
  'awaiting-approval': { approved: 'shifting', fail: 'failed', cancel: 'cancelled', supersede: 'superseded' },
  shifting: { shifted: 'stabilizing', breach: 'reverting', fail: 'reverting', cancel: 'reverting' },
  stabilizing: { held: 'live', breach: 'reverting', fail: 'reverting', cancel: 'reverting' },
  live: { replaced: 'retired', undone: 'rolled-back' },
  reverting: { reverted: 'rolled-back', kept: 'live' },
  'rolled-back': {},
  failed: {},
  cancelled: {},
  superseded: {},
  retired: {},
};

/** The phase after the event, or null when the event does not apply. */
export function next(phase: Phase, event: PhaseEvent): Phase | null {
  return transitions[phase][event] ?? null;
}

/** The phases from which the event leads somewhere, with where it leads. */
export function sourcesOf(event: PhaseEvent): Array<{ from: Phase; to: Phase }> {
  return (Object.keys(transitions) as Phase[]).flatMap((from) => {
    const to = next(from, event);
    return to === null ? [] : [{ from, to }];
  });
}
