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
  const told = { line: 0, phase: 0 };
  let heardAt = Date.now();
  while (!signal.aborted) {
    const repeated = { ...told };
    try {
      for await (const event of client.events<StreamEvent>(path, signal)) {
        heardAt = Date.now();
        if (event.type === 'line' || event.type === 'phase') {
          if (repeated[event.type]-- > 0) continue;
          told[event.type] += 1;
        }
        yield event;
        if (event.type === 'ship' || event.type === 'deployment') return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isBroken(error) || Date.now() - heardAt > patienceMs) throw error;
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

function isBroken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' || code === 'EPIPE' || hasCode(error, 'NOT_RUNNING') || hasCode(error, 'STORE_UNAVAILABLE');
}
