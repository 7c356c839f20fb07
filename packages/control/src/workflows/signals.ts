import { DBOS } from '@dbos-inc/dbos-sdk';

/** What wakes a deployment that waits. */
export type Signal =
  | { kind: 'breach'; reason: string }
  | { kind: 'abort'; reason: string; event: 'cancel' | 'supersede' }
  | { kind: 'approved'; person: string };

const topic = 'signals';

/** Idempotent by key: the same signal sent twice is received once. */
export async function sendSignal(deployment: string, signal: Signal, key: string): Promise<void> {
  await DBOS.send(deployment, signal, topic, `${deployment}:${key}`);
}

/** Waits for the next signal until `deadline` (ms since the epoch); survives restarts. Null when there was none. */
export async function nextSignal(deadline: number): Promise<Signal | null> {
  return DBOS.recv<Signal>(topic, { deadlineEpochMS: deadline, pollingIntervalMs: 100 });
}
