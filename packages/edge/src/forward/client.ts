import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

export type HeaderPairs = [name: string, value: string][];

type ClientEvent = 'data' | 'end' | 'close';

/** What the edge needs of a client's request, by whatever version of HTTP it came: node's own over HTTP/1.1. */
export interface ClientRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
  /** Flat: name, value, name, value. */
  readonly rawHeaders: string[];
  readonly socket: Pick<Socket, 'remoteAddress' | 'localAddress'>;
  /** Where the version has streams that end by themselves. */
  readonly bodyFollows?: boolean;
  /** The whole of it has come. */
  readonly complete: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: chunks, or nothing
  on(event: ClientEvent, listener: (chunk: any) => void): this;
  // biome-ignore lint/suspicious/noExplicitAny: chunks, or nothing
  off(event: ClientEvent, listener: (chunk: any) => void): this;
  resume(): void;
  pause(): void;
}

/** What it needs of the answer. */
export interface ClientResponse extends NodeJS.WritableStream {
  readonly headersSent: boolean;
  readonly destroyed: boolean;
  readonly writableEnded: boolean;
  /** All was handed over to the system. */
  readonly writableFinished: boolean;
  setHeader(name: string, value: string): this;
  writeHead(status: number, headers?: string[] | Record<string, string | number>): this;
  writeContinue(): void;
  writeInformation(status: number, headers: string[]): void;
  flushHeaders(): void;
  addTrailers(trailers: HeaderPairs): void;
  destroy(): unknown;
}
