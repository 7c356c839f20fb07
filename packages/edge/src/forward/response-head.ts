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
export function readResponseHead(raw: readonly string[]): ResponseHead {
  const head: ResponseHead = { headers: [], contentLength: -1, eventStream: false };
  let connection: string | null = null;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] as string;
    const value = raw[index + 1] as string;
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

/** Trailers that go on: none that says how a message is framed, routed or kept. */
export function passedTrailers(raw: readonly string[]): [name: string, value: string][] {
  const trailers: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] as string;
    if (headerKind(name) === 'pass') trailers.push([name, raw[index + 1] as string]);
  }
  return trailers;
}
