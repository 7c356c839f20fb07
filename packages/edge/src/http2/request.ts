import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { ClientRequest } from '../forward/client.ts';

type Listener = (chunk: Buffer) => void;

/** A request that came by HTTP/2, in the terms of HTTP/1.1. */
export class Http2Request implements ClientRequest {
  readonly method: string;
  readonly url: string;
  readonly httpVersion = '2.0';
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
  readonly socket: Socket;
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: string[], socket: Socket) {
    this.#stream = stream;
    this.headers = headers;
    this.rawHeaders = rawHeaders;
    this.socket = socket;
    this.method = headers[':method'] ?? 'GET';
    this.url = headers[':path'] ?? '';
  }

  /** A body may come without its length said: the end of the stream ends it. */
  get bodyFollows(): boolean {
    return !this.#stream.endAfterHeaders;
  }

  /** A stream that is reset ends like one that is whole. */
  get complete(): boolean {
    const ended = this.#stream.endAfterHeaders || this.#stream.readableEnded;
    return ended && !this.#stream.aborted && this.#stream.rstCode === 0;
  }

  on(event: 'data' | 'end' | 'close', listener: Listener): this {
    this.#stream.on(event, listener);
    return this;
  }

  off(event: 'data' | 'end' | 'close', listener: Listener): this {
    this.#stream.off(event, listener);
    return this;
  }

  resume(): void {
    this.#stream.resume();
  }

  pause(): void {
    this.#stream.pause();
  }
}
