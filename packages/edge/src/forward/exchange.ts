import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Dispatcher } from 'undici';
import { stickyHeader } from '../route/sticky.ts';
import type { LiveInstance } from '../table/live-instance.ts';
import type { LiveRoute } from '../table/live-route.ts';
import type { LiveSlot } from '../table/live-slot.ts';
import type { RouteTable } from '../table/table.ts';
import { answer } from './answer.ts';
import { EventStream } from './event-stream.ts';
import { type Failure, failureAnswers, failureOf, poolClosed } from './failure.ts';
import { RequestBody } from './request-body.ts';
import type { RequestHead } from './request-head.ts';
import { readResponseHead } from './response-head.ts';
import { mayRetry, retryDelayMs } from './retry.ts';
import { enter, leave, type Target } from './target.ts';

/** Below this size head and body leave in one write, which a system call each would not. */
const ONE_WRITE_BYTES = 16 * 1024;
const BODY_IDLE_MS = 300_000;

type Controller = Dispatcher.DispatchController;

/** One request, from its choice of a slot to the end of its answer; undici calls it back. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #table: RouteTable;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #head: RequestHead;
  /** Reached by header: not counted as a user's. */
  readonly #fixed: LiveSlot | null;
  #route: LiveRoute;
  #target: Target | null = null;
  #controller: Controller | null = null;
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

  constructor(
    table: RouteTable,
    route: LiveRoute,
    fixed: LiveSlot | null,
    head: RequestHead,
    io: { request: IncomingMessage; response: ServerResponse },
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
    this.#controller = null;
    const { method, target: path, headers, hasBody, wantsEvents } = this.#head;
    const { bodyBytes, responseTimeoutMs } = this.#route.route.limits;
    this.#body = hasBody ? new RequestBody(this.#request, bodyBytes) : null;
    // Its errors reach us through undici.
    this.#body?.on('error', () => {});
    target.instance.pool.dispatch(
      {
        path,
        method: method as Dispatcher.HttpMethod,
        headers,
        body: this.#body,
        headersTimeout: responseTimeoutMs,
        bodyTimeout: wantsEvents ? 0 : BODY_IDLE_MS,
      },
      this,
    );
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    this.#target?.instance.health.connected();
    if (this.#clientGone) controller.abort(new Error('the client is gone'));
  }

  onResponseStart(controller: Controller, status: number): void {
    const target = this.#target;
    if (status < 200 || target === null) return;
    const head = readResponseHead(controller.rawHeaders as Buffer[]);
    this.#status = status;
    this.#contentLength = head.contentLength;
    head.headers.push('x-kova-release', target.slot.release, 'x-request-id', this.#head.requestId);
    if (target.stick) head.headers.push('set-cookie', stickyHeader(target.slot.stickyValue));
    this.#response.writeHead(status, head.headers);
    if (head.eventStream) this.#openStream(controller, target, head.headers);
    else if (head.contentLength < 0) setImmediate(flushHead, this.#response);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (chunk.length === this.#contentLength && chunk.length <= ONE_WRITE_BYTES) {
      this.#whole = chunk.toString('latin1');
      return;
    }
    const more = this.#stream === null ? this.#response.write(chunk) : this.#stream.write(chunk);
    if (more) return;
    controller.pause();
    this.#response.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    if (this.#whole === null) this.#response.end();
    else this.#response.end(this.#whole, 'latin1');
    this.#finish((slot, elapsed) => slot.counts.answered(this.#status, elapsed));
  }

  onResponseError(_: Controller | null, error: Error): void {
    const target = this.#target;
    if (target === null) return;
    const failure = failureOf(error, this.#controller !== null);
    if (this.#clientGone || this.#stream?.ended) {
      this.#finish((slot) => slot.counts.clientLeft());
    } else if (this.#status > 0) {
      this.#finish((slot, elapsed) => slot.counts.failed(elapsed));
      this.#response.destroy();
    } else this.#failed(target, failure, error);
  }

  #failed(target: Target, failure: Failure, error: Error): void {
    if (failure === 'connect' && !poolClosed(error)) target.instance.health.connectFailed();
    if (mayRetry(failure, this.#head, this.#body, this.#attempt)) {
      this.#retry(target);
      return;
    }
    const blame = failure !== 'too-large' && failure !== 'bad-request';
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

  #openStream(controller: Controller, target: Target, headers: string[]): void {
    const stream = new EventStream(this.#response, headers, () => controller.abort(new Error('drained')));
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
    this.#controller?.abort(new Error('the client is gone'));
  }

  #answer(what: (typeof failureAnswers)[Failure]): void {
    answer(this.#request, this.#response, this.#head.requestId, what);
  }
}

/** A head whose body is not there yet must not wait for it. */
function flushHead(response: ServerResponse): void {
  if (!response.writableEnded && !response.destroyed) response.flushHeaders();
}
