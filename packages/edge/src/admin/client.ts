import { request } from 'node:http';
import { type ErrorCode, errorCodes } from '@kova/core/errors/codes';
import { isErrorCode, KovaError } from '@kova/core/errors/kova-error';
import { type CertificateInfo, certificateInfoSchema, type KeyPair } from '@kova/core/traffic/certificate';
import { type Route, routeSchema } from '@kova/core/traffic/route';
import { type SlotCounters, slotCountersSchema } from '@kova/core/traffic/slot-counters';
import { z } from 'zod';
import { type DrainState, doorSchema, drainStateSchema, type EdgeStatus, edgeStatusSchema } from './schemas.ts';

export type { DrainState, EdgeStatus } from './schemas.ts';

/** A way into a slot, see `openDoor`. */
export interface OpenDoor {
  /** `127.0.0.1:41234` */
  address: string;
  lost: AbortSignal;
  close(): void;
}

interface Reply {
  status: number;
  text: string;
}

/**
 * Control of an edge over its unix socket. Every call may be repeated. Errors: `EDGE_UNAVAILABLE`
 * when nothing answers, else the edge's own (`EDGE_STALE_ROUTE`, `CONFLICT`, `NOT_FOUND`, `INPUT_INVALID`).
 */
export class EdgeAdmin {
  readonly #socketPath: string;
  readonly #timeoutMs: number;

  /** `timeoutMs` bounds each call, beyond what the call itself waits for. */
  constructor(socketPath: string, options: { timeoutMs?: number } = {}) {
    this.#socketPath = socketPath;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
  }

  async status(): Promise<EdgeStatus> {
    return edgeStatusSchema.parse(await this.#call('GET', '/status'));
  }

  async routes(): Promise<Route[]> {
    return z.array(routeSchema).parse(await this.#call('GET', '/routes'));
  }

  /** Returns when the route is on disk and in force. */
  async putRoute(route: Route): Promise<void> {
    await this.#call('PUT', `/routes/${encodeURIComponent(route.id)}`, route);
  }

  /** `version` at least that of the route in place; a later `putRoute` must be higher. */
  async removeRoute(id: string, version: number): Promise<void> {
    await this.#call('DELETE', `/routes/${encodeURIComponent(id)}?version=${version}`);
  }

  /** Of the slots that the route names now. */
  async counters(routeId: string): Promise<SlotCounters[]> {
    return z
      .array(slotCountersSchema)
      .parse(await this.#call('GET', `/routes/${encodeURIComponent(routeId)}/counters`));
  }

  /** Waits until the slot takes no traffic and nothing is in flight in it, at most `timeoutMs`. */
  async awaitDrained(slotId: string, timeoutMs: number): Promise<DrainState> {
    const path = `/slots/${encodeURIComponent(slotId)}/drained?timeoutMs=${timeoutMs}`;
    return drainStateSchema.parse(await this.#call('GET', path, undefined, timeoutMs));
  }

  /** Closes the slot's streams gracefully, spread over `spreadMs`, then awaits as `awaitDrained`. */
  async drain(slotId: string, options: { spreadMs: number; timeoutMs: number }): Promise<DrainState> {
    await this.#call('POST', `/slots/${encodeURIComponent(slotId)}/drain`, { spreadMs: options.spreadMs });
    return this.awaitDrained(slotId, options.timeoutMs);
  }

  /** Holds the route's requests for at most `maxMs`; then they get 503 and the pause is over. */
  async pause(routeId: string, maxMs: number): Promise<void> {
    await this.#call('POST', `/routes/${encodeURIComponent(routeId)}/pause`, { maxMs });
  }

  async resume(routeId: string): Promise<void> {
    await this.#call('POST', `/routes/${encodeURIComponent(routeId)}/resume`);
  }

  /**
   * Opens a way into a slot, for the release that is in it; it closes with `close`, and when this process ends.
   * `lost` aborts when the edge ends before.
   */
  async openDoor(target: { routeId: string; slotId: string; release: string }): Promise<OpenDoor> {
    const { promise, resolve, reject } = Promise.withResolvers<OpenDoor>();
    const lost = new AbortController();
    const gone = new KovaError('EDGE_UNAVAILABLE', `The edge on ${this.#socketPath} has ended.`);
    const fail = (cause: unknown) => {
      reject(new KovaError('EDGE_UNAVAILABLE', `The edge does not answer on ${this.#socketPath}.`, { cause }));
      lost.abort(gone);
    };
    const call = request({ socketPath: this.#socketPath, method: 'POST', path: '/doors', agent: false });
    const timer = setTimeout(() => call.destroy(new Error('timed out')), this.#timeoutMs);
    call.on('error', fail).on('response', (response) => {
      response.on('error', fail).on('close', () => lost.abort(gone));
      response.once('data', (chunk: Buffer) => {
        clearTimeout(timer);
        const reply = { status: response.statusCode ?? 0, text: chunk.toString() };
        if (reply.status >= 400) return reject(errorOf(reply));
        const { address } = doorSchema.parse(JSON.parse(reply.text));
        resolve({ address, lost: lost.signal, close: () => call.destroy() });
      });
    });
    call.end(JSON.stringify(target));
    return promise.finally(() => clearTimeout(timer));
  }

  async certificates(): Promise<CertificateInfo[]> {
    return z.array(certificateInfoSchema).parse(await this.#call('GET', '/certificates'));
  }

  /** In force for connections that come after; when it is refused (`CERTIFICATE_INVALID`) the one before stays. */
  async putCertificate(id: string, pair: KeyPair): Promise<CertificateInfo> {
    return certificateInfoSchema.parse(await this.#call('PUT', `/certificates/${encodeURIComponent(id)}`, pair));
  }

  async removeCertificate(id: string): Promise<void> {
    await this.#call('DELETE', `/certificates/${encodeURIComponent(id)}`);
  }

  /** Answers an authority's HTTP-01 question until `removeHttpChallenge`, or until the edge ends. */
  async putHttpChallenge(token: string, keyAuthorization: string): Promise<void> {
    await this.#call('PUT', `/challenges/http/${encodeURIComponent(token)}`, { keyAuthorization });
  }

  async removeHttpChallenge(token: string): Promise<void> {
    await this.#call('DELETE', `/challenges/http/${encodeURIComponent(token)}`);
  }

  /** Answers TLS-ALPN-01 for the host likewise. */
  async putAlpnChallenge(host: string, pair: { chain: string; key: string }): Promise<void> {
    await this.#call('PUT', `/challenges/alpn/${encodeURIComponent(host)}`, pair);
  }

  async removeAlpnChallenge(host: string): Promise<void> {
    await this.#call('DELETE', `/challenges/alpn/${encodeURIComponent(host)}`);
  }

  /** Prometheus text. */
  async metrics(): Promise<string> {
    return (await this.#send('GET', '/metrics')).text;
  }

  /** Begins the end of the edge: no new connections, at most `drainMs` for those that are open. */
  async stop(drainMs: number): Promise<void> {
    await this.#call('POST', '/stop', { drainMs });
  }

  async #call(method: string, path: string, body?: unknown, waitMs = 0): Promise<unknown> {
    const { text } = await this.#send(method, path, body, waitMs);
    return JSON.parse(text);
  }

  async #send(method: string, path: string, body?: unknown, waitMs = 0): Promise<Reply> {
    const reply = await this.#exchange(method, path, body, waitMs + this.#timeoutMs);
    if (reply.status >= 400) throw errorOf(reply);
    return reply;
  }

  #exchange(method: string, path: string, body: unknown, timeoutMs: number): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const signal = AbortSignal.timeout(timeoutMs);
    const fail = (cause: unknown) =>
      reject(new KovaError('EDGE_UNAVAILABLE', `The edge does not answer on ${this.#socketPath}.`, { cause }));
    const call = request({ socketPath: this.#socketPath, method, path, signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', fail);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    call.on('error', fail);
    call.end(body === undefined ? undefined : JSON.stringify(body));
    return promise;
  }
}

function errorOf({ status, text }: Reply): KovaError {
  try {
    const { code, message, next } = JSON.parse(text) as { code: ErrorCode; message: string; next?: string };
    if (isErrorCode(code)) return new KovaError(code, message, { next: next ?? errorCodes[code].next });
  } catch {}
  return new KovaError('INTERNAL', `The edge answered with ${status}.`);
}
