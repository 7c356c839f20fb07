import type { ClientRequest, ClientResponse } from './client.ts';

export interface EdgeAnswer {
  status: number;
  /** What happened, for whoever reads the response. */
  message: string;
  retryAfterSeconds?: number;
  location?: string;
  /** A machine reads the message: it is the whole body. */
  verbatim?: boolean;
}

const LINGER_MS = 2_000;

/** An answer of the edge's own: JSON for those who ask for it, else a plain sentence. */
export function answer(request: ClientRequest, response: ClientResponse, requestId: string, what: EdgeAnswer): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const json = !what.verbatim && (request.headers.accept?.includes('json') ?? false);
  const body = json ? JSON.stringify({ error: what.message, status: what.status, requestId }) : plainBody(what);
  const headers = [
    'content-type',
    json ? 'application/json' : 'text/plain; charset=utf-8',
    'content-length',
    String(Buffer.byteLength(body)),
    'cache-control',
    'no-store',
    'x-request-id',
    requestId,
  ];
  headers.push(...furtherHeaders(what));
  if (request.complete || !hasBody(request)) {
    response.writeHead(what.status, headers);
    if (request.method === 'HEAD') response.end();
    else response.end(body);
  } else {
    response.writeHead(what.status, [...headers, 'connection', 'close']);
    endAfterBody(request, response, body);
  }
}

function plainBody({ message, verbatim }: EdgeAnswer): string {
  return verbatim ? message : `${message}\n`;
}

/** Flat: name, value, name, value. */
export function furtherHeaders({ retryAfterSeconds, location }: EdgeAnswer): string[] {
  return [
    ...(retryAfterSeconds ? ['retry-after', String(retryAfterSeconds)] : []),
    ...(location ? ['location', location] : []),
  ];
}

/** Closing on a client that still sends would reset the connection before it has read the answer. */
function endAfterBody(request: ClientRequest, response: ClientResponse, body: string): void {
  response.write(body);
  const timer = setTimeout(() => response.end(), LINGER_MS);
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  request.on('end', end).on('close', end);
  request.resume();
}

function hasBody(request: ClientRequest): boolean {
  return request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
}
