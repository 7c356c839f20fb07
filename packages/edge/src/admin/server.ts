import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { errorCodes } from '@kova/core/errors/codes';
import { KovaError, reportOf } from '@kova/core/errors/kova-error';
import { z } from 'zod';
import { Door } from '../forward/door.ts';
import type { AdminContext } from './handler.ts';
import { handlerFor } from './handlers.ts';

const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The control server; it listens on a unix socket that only its owner may open. */
export function createAdminServer(context: AdminContext): Server {
  return createServer({ requestTimeout: 10_000 }, (request, response) => {
    void serve(context, request, response);
  });
}

async function serve(context: AdminContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const url = new URL(request.url ?? '/', 'http://edge');
    const { handle, params } = handlerFor(request.method ?? 'GET', url.pathname);
    const query = Object.fromEntries(url.searchParams);
    const result = await handle(context, { params, query, body: await readBody(request) });
    if (result instanceof Door) result.hold(response);
    else if (typeof result === 'string') send(response, 200, 'text/plain; version=0.0.4', result);
    else send(response, 200, 'application/json', JSON.stringify(result ?? null));
  } catch (error) {
    const report = reportOf(error instanceof z.ZodError ? invalid(error) : error);
    if (report.code === 'INTERNAL') console.error('admin:', error);
    send(response, errorCodes[report.code].status, 'application/json', JSON.stringify(report));
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new KovaError('INPUT_INVALID', 'The body is too large.');
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new KovaError('INPUT_INVALID', 'The body is not JSON.', { cause });
  }
}

function invalid(error: z.ZodError): KovaError {
  const { path, message } = error.issues[0] ?? { path: [], message: 'bad input' };
  return new KovaError('INPUT_INVALID', `${path.join('.') || 'input'}: ${message}`, { cause: error });
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
