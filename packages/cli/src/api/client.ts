import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isErrorCode, KovaError } from '@kova/core/errors/kova-error';
import type { Secret } from '@kova/core/secret';
import type { WebSocket } from 'ws';
import { parseEvents } from './sse.ts';

export interface Upload {
  type: string;
  bytes: number;
  stream: Readable;
}

/** The API of the control plane. All throw the KovaError that it answers, or NOT_RUNNING when nothing answers. */
export interface Client {
  url: URL;
  get<T extends object>(path: string): Promise<T>;
  post<T extends object>(path: string, body: object): Promise<T>;
  delete<T extends object>(path: string): Promise<T>;
  put<T extends object>(path: string, upload: Upload): Promise<T>;
  /** The events of a stream until it ends or is aborted; throws when the connection breaks. */
  events<T extends object>(path: string, signal: AbortSignal): AsyncGenerator<T>;
  /** A WebSocket that is open. */
  socket(path: string): Promise<WebSocket>;
}

/** What listens there may be something else, which says nothing. */
const readLimitMs = 15_000;
const notKova = 'See that KOVA_URL, or KOVA_PORT, names the control plane.';

interface Ask {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: object;
  upload?: Upload;
  signal?: AbortSignal;
}

export function createClient(url: URL, token: Secret | null): Client {
  const { request } = protocols[url.protocol === 'https:' ? 'https:' : 'http:']();
  const ask = (wish: Ask) => send(request, url, token, wish);
  return {
    url,
    get: async (path) => json(await ask({ method: 'GET', path, signal: AbortSignal.timeout(readLimitMs) })),
    post: async (path, body) => json(await ask({ method: 'POST', path, body })),
    delete: async (path) => json(await ask({ method: 'DELETE', path })),
    put: async (path, upload) => json(await ask({ method: 'PUT', path, upload })),
    async *events<T extends object>(path: string, signal: AbortSignal) {
      const answer = await ask({ method: 'GET', path, signal });
      if (answer.statusCode !== 200) await json(answer);
      for await (const data of parseEvents(answer)) yield parse(data) as T;
    },
    socket: (path) => openSocket(url, token, path),
  };
}

// Not by import, which reads all that node:http exports, one of which loads the whole of undici: 20 ms of each command.
const protocols = {
  'http:': () => process.getBuiltinModule('node:http'),
  'https:': () => process.getBuiltinModule('node:https'),
};

// node:http and not fetch: fetch gives up on a stream that is silent for five minutes, as one is that awaits approval.
function send(
  request: typeof import('node:http').request,
  base: URL,
  token: Secret | null,
  { method, path, body, upload, signal }: Ask,
): Promise<IncomingMessage> {
  const text = body && JSON.stringify(body);
  const headers: Record<string, string | number> = { accept: 'application/json, text/event-stream' };
  if (token) headers.authorization = `Bearer ${token.reveal()}`;
  if (text) Object.assign(headers, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  if (upload) Object.assign(headers, { 'content-type': upload.type, 'content-length': upload.bytes });
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, base), { method, headers, agent: false, ...(signal && { signal }) });
    outgoing.on('response', resolve);
    outgoing.on('error', (cause) => reject(unreachable(base, cause)));
    if (upload) pipeline(upload.stream, outgoing).catch((cause) => reject(unreachable(base, cause)));
    else outgoing.end(text);
  });
}

async function openSocket(base: URL, token: Secret | null, path: string): Promise<WebSocket> {
  const { WebSocket } = await import('ws');
  const url = new URL(path, base);
  url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:';
  const headers = token ? { authorization: `Bearer ${token.reveal()}` } : {};
  const socket = new WebSocket(url, { headers, perMessageDeflate: false, handshakeTimeout: readLimitMs });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_, answer) =>
      json(answer)
        .catch(reject)
        .finally(() => socket.terminate()),
    );
    socket.on('error', (cause) => reject(unreachable(base, cause)));
  });
}

function unreachable(base: URL, cause: Error): KovaError {
  const why = cause.name === 'AbortError' ? 'what listens there says nothing' : cause.message || 'no connection';
  return new KovaError('NOT_RUNNING', `Kova does not answer at ${base.origin}: ${why}`, { cause });
}

async function json<T extends object>(answer: IncomingMessage): Promise<T> {
  answer.setEncoding('utf8');
  let text = '';
  for await (const chunk of answer) text += chunk;
  const status = answer.statusCode ?? 0;
  // A request for a WebSocket is refused without words.
  if (text === '' && status === 401) throw new KovaError('UNAUTHORIZED', 'the token is missing or wrong');
  const body = parse(text);
  if (status >= 200 && status < 300) return body as T;
  throw errorOf(body, status);
}

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {}
  throw new KovaError('INTERNAL', `this is no answer of Kova's: ${text.slice(0, 200)}`, {
    next: notKova,
  });
}

function errorOf(body: object, status: number): KovaError {
  const { code, message, next } = body as { code?: unknown; message?: unknown; next?: unknown };
  const said = typeof message === 'string' ? message : `the API answered ${status}`;
  return new KovaError(isErrorCode(code) ? code : 'INTERNAL', said, {
    next: typeof next === 'string' ? next : notKova,
  });
}
