import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { Writable } from 'node:stream';
import type { ClientResponse, HeaderPairs } from '../forward/client.ts';
import { toHttp2Headers } from './headers.ts';

/**
 * An answer by HTTP/2, written as one by HTTP/1.1. One that breaks off resets its stream, so that nobody takes it for
 * whole.
 */
export class Http2Response extends Writable implements ClientResponse {
  headersSent = false;
  readonly #stream: ServerHttp2Stream;
  #headers: OutgoingHttpHeaders = {};
  #trailers: OutgoingHttpHeaders | null = null;
  #ended = false;

  constructor(stream: ServerHttp2Stream) {
    super();
    this.#stream = stream;
    stream.on('close', () => this.destroy());
  }

  setHeader(name: string, value: string): this {
    this.#headers[name.toLowerCase()] = value;
    return this;
  }

  writeHead(status: number, headers: readonly string[] | Record<string, string | number> = []): this {
    const flat = Array.isArray(headers) ? headers : Object.entries(headers).flat().map(String);
    this.#headers = { ...this.#headers, ...toHttp2Headers(flat), ':status': status };
    return this;
  }

  writeContinue(): void {
    this.writeInformation(100, []);
  }

  writeInformation(status: number, headers: readonly string[]): void {
    if (!this.#isGone && !this.headersSent) {
      this.#stream.additionalHeaders({ ...toHttp2Headers(headers), ':status': status });
    }
  }

  flushHeaders(): void {
    this.#respond(false);
  }

  addTrailers(trailers: HeaderPairs): void {
    this.#trailers = toHttp2Headers(trailers.flat());
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#respond(false)) this.#stream.write(chunk, done);
    else done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#ended = true;
    const nothingFollows = !this.headersSent && this.#trailers === null;
    if (!this.#respond(nothingFollows) || nothingFollows) done();
    else this.#stream.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#ended && !this.#isGone) this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    done(error);
  }

  get #isGone(): boolean {
    return this.#stream.destroyed || this.#stream.closed;
  }

  /** False when there is nobody left to answer. */
  #respond(endStream: boolean): boolean {
    if (this.headersSent) return !this.#isGone;
    if (this.#isGone) return false;
    this.headersSent = true;
    // A body of known length has no trailers, by HTTP/1.1. Without them node says that the body is whole even when it
    // breaks off, which the client can tell by the length then.
    const waitForTrailers = !endStream && this.#headers['content-length'] === undefined;
    this.#stream.on('wantTrailers', () => this.#stream.sendTrailers(this.#trailers ?? {}));
    this.#stream.respond(this.#headers, { endStream, waitForTrailers });
    return true;
  }
}
