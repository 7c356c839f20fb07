import type Docker from 'dockerode';
import { type Finding, findingOf } from './ending.ts';
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

type Seen = Docker.ContainerInspectInfo | null | undefined;

/** Resolves when the container has ended, or with null when the signal aborts. An engine that is away says nothing. */
export async function awaitEnding(watched: Watched, signal: AbortSignal): Promise<ContainerEnding | null> {
  const { record, look, events, stoppedPatienceMs } = watched;
  const pauseMs = Math.min(lookEveryMs, Math.max(100, stoppedPatienceMs));
  let up = { at: Date.now(), connection: events.connection };
  while (!signal.aborted) {
    const seen = await look().catch(() => undefined);
    const finding = seen === undefined ? null : findingOf(seen, record);
    if (finding && finding.kind !== 'stopped') up = { at: Date.now(), connection: events.connection };
    // An engine that is back has started those that it means to start.
    const stoppedForMs = events.connection === up.connection ? Date.now() - up.at : Number.POSITIVE_INFINITY;
    const ending = finding && endingOf(finding, seen, watched, stoppedForMs);
    if (ending) return ending;
    await events.next(record.container?.id ?? '', pauseMs, signal);
  }
  return null;
}

function endingOf(finding: Finding, seen: Seen, watched: Watched, stoppedForMs: number): ContainerEnding | null {
  if (finding.kind === 'ended') return { words: finding.words, again: null };
  if (finding.kind === 'again' && seen) return { words: againInWords(watched.events.exitOf(seen.Id)), again: seen };
  const over = finding.kind === 'stopped' && stoppedForMs >= watched.stoppedPatienceMs;
  return over ? { words: finding.words, again: null } : null;
}

function againInWords(exit: string | null): string {
  return `${exit === null ? 'ended' : `exited with ${exit}`} and was started again by the engine`;
}
