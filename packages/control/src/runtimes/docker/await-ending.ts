import type Docker from 'dockerode';
import { findingOf } from './ending.ts';
import type { EngineEvents } from './engine-events.ts';
import type { ContainerRecord } from './records.ts';

const lookEveryMs = 2000;

export interface Watched {
  record: ContainerRecord;
  /** A look at the container; null when it is no more. Rejects while the engine is away. */
  look: () => Promise<Docker.ContainerInspectInfo | null>;
  events: EngineEvents;
  /** How long one that somebody stopped is left so: an engine that ends stops all, and has them back when it starts. */
  stoppedPatienceMs: number;
}

/** How a container ended; with what runs in its stead when it was started again already. */
export interface ContainerEnding {
  words: string;
  again: Docker.ContainerInspectInfo | null;
}

/** Resolves when the container has ended, or with null when the signal aborts. An engine that is away says nothing. */
export async function awaitEnding(watched: Watched, signal: AbortSignal): Promise<ContainerEnding | null> {
  const { record, look, events, stoppedPatienceMs } = watched;
  for (let stoppedAt: number | null = null; !signal.aborted; ) {
    const seen = await look().catch(() => undefined);
    const finding = seen === undefined ? null : findingOf(seen, record);
    if (finding?.kind === 'ended') return { words: finding.words, again: null };
    if (finding?.kind === 'again' && seen) return { words: againInWords(events.exitOf(seen.Id)), again: seen };
    stoppedAt = finding?.kind === 'stopped' ? (stoppedAt ?? Date.now()) : null;
    if (finding?.kind === 'stopped' && Date.now() - (stoppedAt ?? 0) >= stoppedPatienceMs) {
      return { words: finding.words, again: null };
    }
    await events.next(record.container?.id ?? '', Math.min(lookEveryMs, Math.max(100, stoppedPatienceMs)), signal);
  }
  return null;
}

function againInWords(exit: string | null): string {
  return `${exit === null ? 'ended' : `exited with ${exit}`} and was started again by the engine`;
}
