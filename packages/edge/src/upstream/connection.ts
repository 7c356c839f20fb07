import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { type AnswerEvents, AnswerParser } from './answer-parser.ts';
import { BodySender } from './body-sender.ts';
import { type Call, type Caller, type Line, UpstreamError } from './call.ts';
import { reuseMs } from './keep-alive.ts';
import { requestText } from './request-text.ts';

const CONNECT_TIMEOUT_MS = 3_000;
/** All connections read into it: what was read is parsed before anything else is read. */
const incoming = Buffer.allocUnsafeSlow(64 * 1024);

/** Whom a connection tells what becomes of it. */
export interface Owner {
  /** Free for another request. */
  onFree(connection: Connection): void;
  /** Not to be used any more. */
  onGone(connection: Connection): void;
}

/** One connection to an instance: one request at a time, each after the answer to the one before. */
export class Connection implements Line, AnswerEvents {
  /** When `expire` is due, in milliseconds of `performance.now`. */
  deadline = performance.now() + CONNECT_TIMEOUT_MS;
  freeSince = 0;
  readonly #owner: Owner;
  readonly #socket: Socket;
  readonly #parser = new AnswerParser(this);
  #call: Call;
  /** Null when no answer is awaited. */
  #caller: Caller | null;
  #sender: BodySender | null = null;
  #connecting = true;
  #status = 0;
  #reuseMs = 0;
  #paused = false;
  #complete = false;
  /** More than the answer came. */
  #stray = false;
  #trailers: readonly string[] = [];

  constructor(address: { host: string; port: number }, owner: Owner, call: Call, caller: Caller) {
    this.#owner = owner;
    this.#call = call;
    this.#caller = caller;
    const onread = { buffer: incoming, callback: (length: number) => this.#read(length) };
    this.#socket = connect({ host: address.host, port: address.port, noDelay: true, onread });
    this.#socket.once('connect', () => {
      this.#connecting = false;
      this.send(call, caller);
    });
    this.#socket.once('end', () => this.#ended()).once('close', () => this.#closed());
    this.#socket.on('error', (error) => this.#fail(this.#broken(error.message, error)));
  }

  send(call: Call, caller: Caller): void {
    this.#call = call;
    this.#caller = caller;
    this.#status = 0;
    this.#complete = false;
    this.#awaitHead();
    caller.onSend(this);
    if (this.#socket.destroyed) return;
    const head = requestText(call);
    if (call.body === null) this.#socket.write(head, 'latin1');
    else this.#sendWithBody(head, call.body, call.chunked);
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#awaitBody();
    this.#socket.resume();
  }

  abort(error: Error): void {
    this.#fail(error);
  }

  /** Ends a connection that is free. */
  close(): void {
    this.#fail(null);
  }

  /** The deadline has passed. */
  expire(): void {
    if (this.#connecting) this.#fail(new UpstreamError('connect', 'no connection in time'));
    else if (this.#caller === null) this.close();
    // A slow client is not the instance's fault.
    else if (this.#status < 200 && this.#sender?.done === false && !this.#socket.writableNeedDrain) this.#awaitHead();
    else this.#fail(new UpstreamError('timeout', this.#status === 0 ? 'no answer in time' : 'the answer stalled'));
  }

  onBegin(): void {
    this.#stray ||= this.#complete;
  }

  onHead(status: number, headers: string[], keepAlive: boolean): boolean {
    if (this.#stray) return false;
    if (status === 101 || status < 100) throw new Error(`an answer ${status} that nobody asked for`);
    this.#status = status;
    if (status < 200) {
      this.#caller?.onInformation(status, headers);
      return false;
    }
    // What sends a body after a head alone would be read as the next answer: no second request there.
    this.#reuseMs = keepAlive && this.#call.method !== 'HEAD' ? reuseMs(headers) : 0;
    this.#awaitBody();
    this.#caller?.onHead(status, headers);
    return this.#call.method === 'HEAD';
  }

  onBody(chunk: Buffer): void {
    if (this.#stray) return;
    this.#awaitBody();
    if (this.#caller?.onData(chunk) !== false) return;
    this.#paused = true;
    this.deadline = Number.POSITIVE_INFINITY;
  }

  onComplete(trailers: string[]): void {
    if (this.#stray || this.#status < 200) return;
    this.#complete = true;
    this.#trailers = trailers;
  }

  /** False stops reading. */
  #read(length: number): boolean {
    // An answer that nobody asked for would be taken for the next one.
    if (this.#caller === null) this.close();
    else this.#parsed(this.#parser.take(incoming.subarray(0, length)));
    return !this.#paused;
  }

  #ended(): void {
    if (this.#caller === null) this.close();
    else {
      this.#reuseMs = 0;
      this.#parser.end();
      this.#parsed(new UpstreamError('broken', 'the instance closed the connection'));
    }
  }

  #parsed(error: Error | null): void {
    if (this.#complete && this.#caller !== null) this.#finish(this.#caller, error === null && !this.#stray);
    else if (error !== null) this.#fail(this.#broken(error.message, error));
  }

  #finish(caller: Caller, clean: boolean): void {
    const sent = this.#sender === null || this.#sender.done;
    this.#release();
    if (clean && sent && this.#reuseMs > 0) {
      this.freeSince = performance.now();
      this.deadline = this.freeSince + this.#reuseMs;
      this.#owner.onFree(this);
    } else this.close();
    caller.onEnd(this.#trailers);
  }

  /** Closes the connection, and tells who waits for an answer. */
  #fail(error: Error | null): void {
    const caller = this.#caller;
    this.#release();
    this.deadline = Number.POSITIVE_INFINITY;
    this.#owner.onGone(this);
    this.#socket.destroy();
    if (error !== null) caller?.onError(error);
  }

  #release(): void {
    this.#caller = null;
    this.#sender?.stop();
    this.#sender = null;
    if (this.#paused) {
      this.#paused = false;
      this.#socket.resume();
    }
  }

  #closed(): void {
    this.#fail(this.#broken('the connection closed'));
    this.#parser.close();
  }

  #broken(message: string, cause?: Error): UpstreamError {
    return new UpstreamError(this.#connecting ? 'connect' : 'broken', message, cause);
  }

  /** Head and first piece of the body leave together when both are there already. */
  #sendWithBody(head: string, body: NonNullable<Call['body']>, chunked: boolean): void {
    this.#socket.cork();
    this.#socket.write(head, 'latin1');
    setImmediate(() => this.#socket.uncork());
    this.#sender = new BodySender(body, this.#socket, chunked, {
      sent: () => this.#awaitHead(),
      failed: (error) => this.#fail(error),
    });
  }

  #awaitHead(): void {
    if (this.#status < 200) this.deadline = performance.now() + (this.#call.headTimeoutMs || Number.POSITIVE_INFINITY);
  }

  #awaitBody(): void {
    this.deadline = performance.now() + (this.#call.bodyIdleMs || Number.POSITIVE_INFINITY);
  }
}
