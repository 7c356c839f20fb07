import { setTimeout as sleep } from 'node:timers/promises';
import type { InstanceRecord } from '../records.ts';
import { listeningSockets } from '../system/listening.ts';
import { isRunning, type ProcessRef } from '../system/processes.ts';
import { remainders } from '../system/terminate.ts';
import { type ProbeResult, probe } from './probe.ts';
import type { Surroundings } from './surroundings.ts';
import { listeningInWords } from './words.ts';

const firstPollMs = 50;
/** While nothing answers yet, polls wait for this part of the time passed, so that they cost a start 5 % at most. */
const pollShare = 0.05;

type Outcome = ProbeResult | 'aborted' | 'answered by another';

/** Resolves when the health path answers 2xx: with the answer, or with that it was not this instance that gave it. */
export async function becomeReady(
  around: Surroundings,
  record: InstanceRecord,
  process: ProcessRef,
  signal: AbortSignal,
): Promise<Outcome> {
  while (!signal.aborted) {
    const result = await ask(around, record, signal);
    if (signal.aborted) break;
    if (result.ok && ownsPort(process, record)) return result;
    if (result.ok && isRunning(process)) return 'answered by another';
    await sleep(pauseAfter(result, around, record), undefined, { signal }).catch(() => {});
  }
  return 'aborted';
}

/** What a process that runs but is not ready does, in words. */
export async function describeUnready(
  around: Surroundings,
  record: InstanceRecord,
  process: ProcessRef,
): Promise<string> {
  const { words } = await ask(around, record);
  const sockets = listeningSockets(remainders(process, record.launch));
  return `${words}; ${listeningInWords(sockets, around.host, record.port)}`;
}

function ask({ spec, host }: Surroundings, { port }: InstanceRecord, signal?: AbortSignal): Promise<ProbeResult> {
  const { path, timeoutMs } = spec.health;
  return probe({ host, port, path, timeoutMs, signal });
}

function ownsPort(process: ProcessRef, { launch, port }: InstanceRecord): boolean {
  return listeningSockets(remainders(process, launch)).some((socket) => socket.port === port);
}

function pauseAfter(result: ProbeResult, { spec }: Surroundings, { startedAt }: InstanceRecord): number {
  const { intervalMs } = spec.health;
  if (result.answered) return intervalMs;
  return Math.min(Math.max(firstPollMs, (Date.now() - startedAt) * pollShare), intervalMs);
}
