import { performance } from 'node:perf_hooks';
import { stickyHeader } from '../route/sticky.ts';
import type { LiveInstance } from '../table/live-instance.ts';
import type { LiveRoute } from '../table/live-route.ts';
import type { LiveSlot } from '../table/live-slot.ts';
import type { RouteTable } from '../table/table.ts';
import type { Caller, Line } from '../upstream/call.ts';
import { answer } from './answer.ts';
import type { ClientRequest, ClientResponse } from './client.ts';
import { EventStream } from './event-stream.ts';
import { connectionsClosed, type Failure, failureAnswers, failureOf } from './failure.ts';
import { RequestBody } from './request-body.ts';
import type { RequestHead } from './request-head.ts';
import { passedTrailers, readResponseHead } from './response-head.ts';
import { isRepeatable, mayRetry, retryDelayMs } from './retry.ts';
import { enter, leave, type Target } from './target.ts';

/** Below this size head and body leave in one write, which a system call each would not. */
const ONE_WRITE_BYTES = 16 * 1024;
const BODY_IDLE_MS = 300_000;

/** One request, from its choice of a slot to the end of its answer. */
export class Exchange implements Caller {
  readonly #table: RouteTable;
  readonly #request: ClientRequest;
  readonly #response: ClientResponse;
  readonly #head: RequestHead;
  /** Reached by header: not counted as a user's. */
  readonly #fixed: LiveSlot | null;
  #route: LiveRoute;
  #target: Target | null = null;
  #line: Line | null = null;
  #body: RequestBody | null = null;
  #attempt = 0;
  #startedAt = 0;
  /** Time to the head of a stream: that is its latency, it may last for hours. */
  #headMs: number | null = null;
  #status = 0;
  #contentLength = -1;
  /** A whole small body, kept to leave with the head. */
  #whole: string | null = null;
  #stream: EventStream | null = null;
  #clientGone = false;
  /** The instance has said something: it is at work on this request. */
  #heard = false;

  constructor(
    table: RouteTable,
    route: LiveRoute,
    fixed: LiveSlot | null,
    head: RequestHead,
    io: { request: ClientRequest; response: ClientResponse },
  ) {
    this.#table = table;
    this.#route = route;
    this.#fixed = fixed;
    this.#head = head;
    this.#request = io.request;
    this.#response = io.response;
    io.response.on('close', () => this.#onClientClose());
  }

  send(avoid: LiveInstance | null = null): void {
    const target = enter(this.#route, this.#head, this.#fixed, avoid);
    if (target === null) {
      const message = 'No release of this site takes requests at the moment.';
      this.#answer({ status: 503, message, retryAfterSeconds: 5 });
      return;
    }
    if (this.#startedAt === 0) this.#startedAt = performance.now();
    this.#target = target;
    const { hasBody } = this.#head;
    const { bodyBytes, responseTimeoutMs } = this.#route.route.limits;
    this.#body = hasBody ? new RequestBody(this.#request, bodyBytes) : null;
    const call = {
      method: this.#head.method,
      target: this.#head.target,
      headers: this.#head.headers,
      body: this.#body,
      chunked: this.#head.chunked,
      headTimeoutMs: responseTimeoutMs,
      bodyIdleMs: this.#head.wantsEvents ? 0 : BODY_IDLE_MS,
    };
    target.instance.connections.send(call, this, isRepeatable(this.#head));
  }

  onSend(line: Line): void {
    this.#line = line;
    this.#target?.instance.health.connected();
    if (this.#clientGone) line.abort(new Error('the client is gone'));
  }

  onInformation(status: number, headers: readonly string[]): void {
    this.#heard = true;
    // HTTP/1.0 knows no 1xx, and 100 is the edge's own to say.
    if (status === 100 || this.#request.httpVersion === '1.0') return;
    this.#response.writeInformation(status, readResponseHead(headers).headers);
  }

  onHead(status: number, headers: readonly string[]): void {
    const target = this.#target;
    if (target === null) return;
    const head = readResponseHead(headers);
    this.#status = status;
    this.#contentLength = head.contentLength;
    head.headers.push('x-kova-release', target.slot.release, 'x-request-id', this.#head.requestId);
    if (this.#route.strictTransport !== null) this.#addStrictTransport(head.headers, this.#route.strictTransport);
    if (target.stick) head.headers.push('set-cookie', stickyHeader(target.slot.stickyValue));
    this.#response.writeHead(status, head.headers);
    if (head.eventStream) this.#openStream(target, head.headers);
    else if (head.contentLength < 0) setImmediate(flushHead, this.#response);
  }

  onData(chunk: Buffer): boolean {
    if (chunk.length === this.#contentLength && chunk.length <= ONE_WRITE_BYTES) {
      this.#whole = chunk.toString('latin1');
      return true;
    }
    const more = this.#stream === null ? this.#response.write(chunk) : this.#stream.write(chunk);
    // More may come before the pause takes effect.
    if (!more && this.#response.listenerCount('drain') === 0) this.#response.once('drain', () => this.#line?.resume());
    return more;
  }

  onEnd(trailers: readonly string[]): void {
    this.#line = null;
    if (trailers.length > 0) this.#response.addTrailers(passedTrailers(trailers));
    if (this.#whole === null) this.#response.end();
    else this.#response.end(this.#whole, 'latin1');
    this.#finish((slot, elapsed) => slot.counts.answered(this.#status, elapsed));
  }

  onError(error: Error): void {
    this.#line = null;
    const target = this.#target;
    if (target === null) return;
    if (this.#clientGone || this.#stream?.ended) {
      this.#finish((slot) => slot.counts.clientLeft());
    } else if (this.#status > 0) {
      this.#finish((slot, elapsed) => slot.counts.failed(elapsed));
      this.#response.destroy();
    } else this.#failed(target, failureOf(error), error);
  }

  #failed(target: Target, failure: Failure, error: Error): void {
    if (failure === 'connect' && !connectionsClosed(error)) target.instance.health.connectFailed();
    if (!this.#heard && mayRetry(failure, this.#head, this.#body, this.#attempt)) {
      this.#retry(target);
      return;
    }
    const blame = failure !== 'too-large';
    this.#finish((slot, elapsed) => (blame ? slot.counts.failed(elapsed) : slot.counts.clientLeft()));
    if (blame) console.error(`${target.instance.address.id}: ${failure}: ${error.message} (${this.#head.requestId})`);
    this.#answer(failureAnswers[failure]);
  }

  /** On the route as it is by then: the slot may have been switched meanwhile. */
  #retry(target: Target): void {
    target.slot.counts.retries++;
    leave(target);
    this.#target = null;
    setTimeout(
      () => {
        if (this.#clientGone) return;
        const route = this.#table.match(this.#head.host);
        if (route) this.#route = route;
        this.send(target.instance);
      },
      retryDelayMs(this.#attempt++),
    );
  }

  /** The application's own word counts; over plain HTTP browsers would not believe it (RFC 6797, 7.2). */
  #addStrictTransport(headers: string[], value: string): void {
    const name = 'strict-transport-security';
    if (this.#head.proto === 'https' && !headers.some((each) => each.toLowerCase() === name)) headers.push(name, value);
  }

  #openStream(target: Target, headers: string[]): void {
    const stream = new EventStream(this.#response, headers, () => this.#line?.abort(new Error('drained')));
    this.#stream = stream;
    target.slot.streams.add(stream);
    this.#response.flushHeaders();
    this.#headMs = performance.now() - this.#startedAt;
  }

  #finish(count: (slot: LiveSlot, elapsedMs: number) => void): void {
    const target = this.#target;
    if (target === null) return;
    this.#target = null;
    if (this.#stream) target.slot.streams.delete(this.#stream);
    if (this.#fixed === null) count(target.slot, this.#headMs ?? performance.now() - this.#startedAt);
    leave(target);
  }

  #onClientClose(): void {
    if (this.#response.writableFinished) return;
    this.#clientGone = true;
    this.#line?.abort(new Error('the client is gone'));
  }

  #answer(what: (typeof failureAnswers)[Failure]): void {
    answer(this.#request, this.#response, this.#head.requestId, what);
  }
}

/** A head whose body is not there yet must not wait for it. */
function flushHead(response: ClientResponse): void {
  if (!response.writableEnded && !response.destroyed) response.flushHeaders();
}
