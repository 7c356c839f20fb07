import type { Context as HonoContext } from 'hono';
import { streamSSE } from 'hono/streaming';

/** Server-Sent Events; each event's data is one JSON object. */
export function send(c: HonoContext, events: (signal: AbortSignal) => AsyncIterable<unknown>): Response {
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    for await (const event of events(gone.signal)) await stream.writeSSE({ data: JSON.stringify(event) });
  });
}
