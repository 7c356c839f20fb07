import { type ClientRequest, request as httpRequest, type IncomingMessage, STATUS_CODES } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import { type EdgeAnswer, furtherHeaders } from '../forward/answer.ts';
import { failureAnswers } from '../forward/failure.ts';
import type { RequestHead } from '../forward/request-head.ts';
import { readResponseHead } from '../forward/response-head.ts';
import { retryDelayMs } from '../forward/retry.ts';
import { enter, leave, type Target } from '../forward/target.ts';
import type { LiveInstance } from '../table/live-instance.ts';
import type { LiveRoute } from '../table/live-route.ts';
import type { LiveSlot } from '../table/live-slot.ts';
import type { RouteTable } from '../table/table.ts';
import { WebSocketPipe } from './web-socket-pipe.ts';

const MAX_RETRIES = 3;

/** One request to open a WebSocket: it stays in flight until the socket is closed. */
export class Upgrade {
  readonly #table: RouteTable;
  readonly #head: RequestHead;
  readonly #fixed: LiveSlot | null;
  readonly #client: Duplex;
  readonly #early: Buffer;
  #route: LiveRoute;
  #attempt = 0;
  #upstream: ClientRequest | null = null;

  constructor(
    table: RouteTable,
    route: LiveRoute,
    fixed: LiveSlot | null,
    head: RequestHead,
    io: { client: Duplex; early: Buffer },
  ) {
    this.#table = table;
    this.#route = route;
    this.#fixed = fixed;
    this.#head = head;
    this.#client = io.client;
    this.#early = io.early;
    io.client.on('error', () => {}).once('close', () => this.#upstream?.destroy());
  }

  send(avoid: LiveInstance | null = null): void {
    if (this.#client.destroyed) return;
    const target = enter(this.#route, this.#head, this.#fixed, avoid);
    if (target === null) {
      this.#refuse({ status: 503, message: 'No release of this site takes requests at the moment.' });
      return;
    }
    const startedAt = performance.now();
    const { host, port } = target.instance.address;
    const headers = [...this.#head.headers, 'connection', 'Upgrade', 'upgrade', 'websocket'];
    const upstream = httpRequest({ host, port, path: this.#head.target, method: 'GET', agent: false, headers });
    this.#upstream = upstream;
    const limitMs = this.#route.route.limits.responseTimeoutMs;
    const timer = limitMs > 0 ? setTimeout(() => upstream.destroy(new TimedOut()), limitMs) : undefined;
    let answered = false;
    const onAnswer = (status: number) => {
      answered = true;
      clearTimeout(timer);
      if (this.#fixed === null) target.slot.counts.answered(status, performance.now() - startedAt);
    };
    let connected = false;
    upstream.once('socket', (socket) => socket.once('connect', () => (connected = true)));
    upstream.once('upgrade', (response: IncomingMessage, socket: Duplex, first: Buffer) => {
      onAnswer(101);
      this.#open(target, response, socket, first);
    });
    upstream.once('response', (response: IncomingMessage) => {
      onAnswer(response.statusCode ?? 502);
      this.#relay(target, response);
    });
    upstream.on('error', (error: Error) => {
      clearTimeout(timer);
      if (!answered) this.#failed(target, error, connected, performance.now() - startedAt);
    });
    upstream.end();
  }

  #open(target: Target, response: IncomingMessage, instance: Duplex, first: Buffer): void {
    this.#upstream = null;
    this.#client.write(this.#statusLines(101, response.rawHeaders, target));
    const pipe = new WebSocketPipe(this.#client, instance, () => {
      target.slot.streams.delete(pipe);
      leave(target);
    });
    target.slot.streams.add(pipe);
    if (first.length > 0) instance.unshift(first);
    if (this.#early.length > 0) instance.write(this.#early);
    if (this.#client.destroyed) instance.destroy();
  }

  /** The instance would not have a WebSocket: its answer goes back as it is, and the connection ends. */
  #relay(target: Target, response: IncomingMessage): void {
    const { headers } = readResponseHead(response.rawHeaders);
    this.#client.write(this.#statusLines(response.statusCode ?? 502, [...headers, 'connection', 'close'], target));
    response.once('close', () => leave(target));
    response.on('error', () => this.#client.destroy()).pipe(this.#client);
  }

  #failed(target: Target, error: Error, connected: boolean, elapsedMs: number): void {
    leave(target);
    if (this.#client.destroyed) return;
    if (!connected) target.instance.health.connectFailed();
    if (!connected && this.#attempt < MAX_RETRIES) {
      target.slot.counts.retries++;
      setTimeout(() => this.#again(target), retryDelayMs(this.#attempt++));
      return;
    }
    if (this.#fixed === null) target.slot.counts.failed(elapsedMs);
    console.error(`${target.instance.address.id}: upgrade: ${error.message} (${this.#head.requestId})`);
    this.#refuse(failureAnswers[error instanceof TimedOut ? 'timeout' : connected ? 'broken' : 'connect']);
  }

  #again(target: Target): void {
    this.#route = this.#table.match(this.#head.host) ?? this.#route;
    this.send(target.instance);
  }

  #refuse(what: EdgeAnswer): void {
    refuseUpgrade(this.#client, this.#head.requestId, what);
  }

  #statusLines(status: number, headers: readonly string[], target: Target): string {
    const own = ['x-kova-release', target.slot.release, 'x-request-id', this.#head.requestId];
    return headLines(status, [...headers, ...own]);
  }
}

/** Answers on a connection that node has handed over, and closes it. */
export function refuseUpgrade(client: Duplex, requestId: string, what: EdgeAnswer): void {
  const body = `${what.message}\n`;
  const headers = ['content-type', 'text/plain; charset=utf-8', 'content-length', String(Buffer.byteLength(body))];
  headers.push(...furtherHeaders(what));
  client.end(headLines(what.status, [...headers, 'connection', 'close', 'x-request-id', requestId]) + body);
}

class TimedOut extends Error {}

function headLines(status: number, headers: readonly string[]): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let index = 0; index + 1 < headers.length; index += 2) text += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return `${text}\r\n`;
}
