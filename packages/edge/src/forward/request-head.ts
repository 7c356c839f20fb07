import { randomUUID } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { ClientRequest } from './client.ts';
import { headerKind } from './header-kinds.ts';

/** What the edge read from a request's head, and the headers that go on to an instance. */
export class RequestHead {
  readonly method: string;
  /** Path and query. */
  target: string;
  host = '';
  cookie: string | null = null;
  slotName: string | null = null;
  slotToken: string | null = null;
  requestId = '';
  /** How the client came, as far as the edge can tell. */
  proto: 'http' | 'https' = 'http';
  contentLength = 0;
  /** The client asks for an event stream. */
  wantsEvents = false;
  /** For the instance; flat: name, value, name, value. */
  headers: string[] = ['host', ''];
  #forwardedFor: string | null = null;
  #forwardedHost: string | null = null;
  #forwardedProto: string | null = null;
  #connection: string | null = null;
  #hosts = 0;
  #authority: string | null = null;
  #lengths = 0;
  #encoding: string | null = null;

  constructor(request: ClientRequest) {
    this.method = request.method ?? 'GET';
    this.target = request.url ?? '/';
    const { rawHeaders } = request;
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      this.#take(rawHeaders[index] as string, rawHeaders[index + 1] as string);
    }
    // HTTP/1.1 knows one only, and HTTP/2 may send it in crumbs (RFC 9113, 8.2.3).
    if (this.cookie !== null) this.headers.push('cookie', this.cookie);
    if (request.bodyFollows && this.#lengths === 0) this.#encoding = 'chunked';
    if (this.#connection !== null) dropNamed(this.headers, this.#connection);
    if (this.#hosts === 0 && this.#authority !== null) this.host = this.#authority;
    if (this.requestId === '') this.requestId = randomUUID();
    this.#addForwarded(request);
    this.headers[1] = this.host;
    if (!this.chunked && this.#lengths > 0) this.headers.push('content-length', String(this.contentLength));
  }

  get chunked(): boolean {
    return this.#encoding !== null;
  }

  get hasBody(): boolean {
    return this.chunked || this.contentLength > 0;
  }

  /** Why the request is refused outright (400), or null. */
  get fault(): string | null {
    if (this.#hosts > 1) return 'more than one Host header';
    if (this.#authority !== null && this.#authority !== this.host) return 'a Host header that is not its authority';
    if (this.#lengths > 1) return 'more than one Content-Length header';
    if (this.chunked && this.#lengths > 0) return 'both Content-Length and Transfer-Encoding';
    if (this.#encoding !== null && this.#encoding.toLowerCase() !== 'chunked') return 'a Transfer-Encoding but chunked';
    if (!Number.isSafeInteger(this.contentLength)) return 'a bad Content-Length';
    if (this.target[0] !== '/' && !this.#takeAbsolute()) return 'a request target that is no path';
    return null;
  }

  #take(name: string, value: string): void {
    const kind = headerKind(name);
    switch (kind) {
      case 'pass':
        this.headers.push(name, value);
        return;
      case 'cookie':
        this.cookie = this.cookie === null ? value : `${this.cookie}; ${value}`;
        return;
      case 'accept':
        this.wantsEvents ||= value.includes('text/event-stream');
        this.headers.push(name, value);
        return;
      case 'host':
        this.#hosts++;
        this.host = value;
        return;
      case 'authority':
        this.#authority = value;
        return;
      case 'connection':
        this.#connection = this.#connection === null ? value : `${this.#connection},${value}`;
        return;
      case 'hop':
        return;
      default:
        this.#takeOwn(kind, value);
    }
  }

  #takeOwn(kind: string, value: string): void {
    if (kind === 'content-length') {
      this.#lengths++;
      this.contentLength = Number(value);
    } else if (kind === 'transfer-encoding') this.#encoding = joined(this.#encoding, value);
    else if (kind === 'x-request-id') this.requestId = /^[\w.:=+/-]{1,128}$/.test(value) ? value : '';
    else if (kind === 'x-kova-slot') this.slotName = value;
    else if (kind === 'x-kova-token') this.slotToken = value;
    else if (kind === 'x-forwarded-for') this.#forwardedFor = joined(this.#forwardedFor, value);
    else if (kind === 'x-forwarded-host') this.#forwardedHost ??= value;
    else if (kind === 'x-forwarded-proto') this.#forwardedProto ??= value;
  }

  /** Only a proxy on this machine is believed; what others claim is replaced. */
  #addForwarded(request: ClientRequest): void {
    const peer = peerAddress(request);
    const trusted = isLoopback(peer) || (this.#forwardedProto !== null && peer === request.socket.localAddress);
    if (isSecure(request, trusted ? this.#forwardedProto : null)) this.proto = 'https';
    const chain = trusted && this.#forwardedFor !== null ? `${this.#forwardedFor}, ${peer}` : peer;
    this.headers.push(
      'x-request-id',
      this.requestId,
      'x-forwarded-for',
      chain,
      'x-forwarded-proto',
      (trusted ? this.#forwardedProto : null) ?? this.proto,
      'x-forwarded-host',
      (trusted ? this.#forwardedHost : null) ?? this.host,
    );
  }

  /** `GET http://host/path`: the target's host counts (RFC 9112, 3.2.2). */
  #takeAbsolute(): boolean {
    const match = /^https?:\/\/([^/?#]+)([/?][^#]*)?$/i.exec(this.target);
    if (!match?.[1] || match[1].includes('@')) return false;
    this.host = match[1];
    this.headers[1] = match[1];
    const rest = match[2] ?? '/';
    this.target = rest[0] === '/' ? rest : `/${rest}`;
    return true;
  }
}

/** Removes the headers that a `Connection` header names: they were meant for the edge alone. */
export function dropNamed(headers: string[], connection: string): void {
  if (connection === 'keep-alive' || connection === 'close') return;
  const named = connection.split(',').map((name) => name.trim().toLowerCase());
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    if (named.includes((headers[index] as string).toLowerCase())) headers.splice(index, 2);
  }
}

function joined(before: string | null, value: string): string {
  return before === null ? value : `${before}, ${value}`;
}

function peerAddress(request: ClientRequest): string {
  const address = request.socket.remoteAddress ?? '';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

function isSecure({ socket }: ClientRequest, forwarded: string | null): boolean {
  return forwarded === null ? (socket as TLSSocket).encrypted === true : forwarded === 'https';
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
