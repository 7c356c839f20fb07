/** The phases of a deployment in the order it goes through them; the last five are terminal. */
export const phases = [
  'queued',
  'preparing',
  'migrating',
  'starting',
  'verifying',
  'awaiting-approval',
  'shifting',
  'stabilizing',
  'live',
  'reverting',
  'rolled-back',
  'failed',
  'cancelled',
  'superseded',
  'retired',
] as const;

export type Phase = (typeof phases)[number];

const terminalPhases: ReadonlySet<Phase> = new Set(['rolled-back', 'failed', 'cancelled', 'superseded', 'retired']);
const trafficPhases: ReadonlySet<Phase> = new Set(['shifting', 'stabilizing', 'live', 'reverting']);

/** Terminal states are final. */
export function isTerminal(phase: Phase): boolean {
  return terminalPhases.has(phase);
}

/** Users may be on it. */
export function takesTraffic(phase: Phase): boolean {
  return trafficPhases.has(phase);
}

/** A workflow is at work on it: neither waiting, nor live, nor at its end. */
export function isInFlight(phase: Phase): boolean {
  return !isTerminal(phase) && phase !== 'queued' && phase !== 'live';
}

/** What each phase does, for people. */
export const phaseSentences: Readonly<Record<Phase, string>> = {
  queued: "waiting for the environment's turn",
  preparing: 'fetching the artefact, checking its digest, unpacking it into the idle slot',
  migrating: "running the release's migrations",
  starting: 'starting the instances',
  verifying: 'checking the idle slot; no user is on it',
  'awaiting-approval': 'waiting for a person to say yes',
  shifting: 'moving traffic',
  stabilizing: 'all traffic is on it; the earlier release is warm',
  live: 'it held',
  reverting: 'moving traffic back',
  'rolled-back': 'had traffic and was reverted',
  failed: 'never had traffic',
  cancelled: 'stopped by a person',
  superseded: 'overtaken by a newer release while it waited',
  retired: 'was live, replaced',
};
