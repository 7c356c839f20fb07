import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamEvent } from '@kova/control/api';
import { hasCode } from '@kova/core/errors/kova-error';
import type { Client } from '../api/client.ts';

const patienceMs = 60_000;
const pauseMs = 500;

/**
 * The events of a ship or deployment, each once, until its end or the signal. When the control plane goes away it is
 * asked again for a minute; it then tells the story from its beginning, of which what is known is left out.
 */
export async function* story(client: Client, path: string, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const known: Known = { phase: 0, job: 0, applied: 0 };
  let heardAt = Date.now();
  while (!signal.aborted) {
    try {
      for await (const event of newIn(client.events<StreamEvent>(path, signal), known)) {
        heardAt = Date.now();
        yield event;
        if (isEnd(event)) return;
      }
    } catch (error) {
      const isHopeless = !isBroken(error) || Date.now() - heardAt > patienceMs;
      if (isHopeless && !signal.aborted) throw error;
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

function isEnd({ type }: StreamEvent): boolean {
  return type === 'apply' || type === 'ship' || type === 'deployment' || type === 'run';
}

/** How many events of each kind were told. Kinds keep their order; between kinds it may change. */
type Known = Record<'phase' | 'job' | 'applied', number>;

async function* newIn(events: AsyncIterable<StreamEvent>, known: Known): AsyncGenerator<StreamEvent> {
  const seen: Known = { phase: 0, job: 0, applied: 0 };
  for await (const event of events) {
    if (event.type === 'phase' || event.type === 'job' || event.type === 'applied') {
      seen[event.type] += 1;
      if (seen[event.type] <= known[event.type]) continue;
      known[event.type] = seen[event.type];
    }
    yield event;
  }
}

function isBroken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return (
    code === 'ECONNRESET' || code === 'EPIPE' || hasCode(error, 'NOT_RUNNING') || hasCode(error, 'STORE_UNAVAILABLE')
  );
}
