import { headerKind } from './header-kinds.ts';
import { dropNamed } from './request-head.ts';

export interface ResponseHead {
  /** Flat: name, value, name, value. */
  headers: string[];
  /** -1 when the instance did not say. */
  contentLength: number;
  eventStream: boolean;
}

/** What goes on to the client of an instance's answer; `raw` is flat, as the parser left it. */
export function readResponseHead(raw: readonly (Buffer | string)[]): ResponseHead {
  const head: ResponseHead = { headers: [], contentLength: -1, eventStream: false };
  let connection: string | null = null;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = text(raw[index]);
    const value = text(raw[index + 1]);
    const kind = headerKind(name);
    if (kind === 'connection') connection = value;
    if (kind === 'content-length') head.contentLength = Number(value);
    if (kind === 'pass' && isEventStream(name, value)) head.eventStream = true;
    if (passes(kind)) head.headers.push(name, value);
  }
  if (connection !== null) dropNamed(head.headers, connection);
  return head;
}

function passes(kind: string): boolean {
  return kind === 'pass' || kind === 'content-length' || kind === 'accept' || kind === 'host' || kind === 'cookie';
}

function isEventStream(name: string, value: string): boolean {
  return name.length === 12 && value.startsWith('text/event-stream') && name.toLowerCase() === 'content-type';
}

function text(value: Buffer | string | undefined): string {
  return typeof value === 'string' ? value : (value?.toString('latin1') ?? '');
}
