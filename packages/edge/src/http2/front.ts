import {
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Asked } from '../forward/front.ts';
import { Http2Request } from './request.ts';
import { Http2Response } from './response.ts';

const MAX_HEADER_BYTES = 32 * 1024;
const MAX_STREAMS = 128;
/** What a client may send on a stream before it is read; a stream that nobody reads holds as much. */
const WINDOW_BYTES = 256 * 1024;
/** As over HTTP/1.1: of a connection without requests, and of a body that does not come. */
const IDLE_MS = 75_000;
const BODY_IDLE_MS = 300_000;

type Serve = (asked: Asked) => void;

export interface Http2Front {
  /** Takes over a connection on which HTTP/2 was agreed. */
  accept(socket: TLSSocket): void;
  /** Takes no more requests; connections end with their last one. */
  close(): void;
  destroy(): void;
}

/** The way in for HTTP/2. */
export function createHttp2Front(serve: Serve): Http2Front {
  const sessions = new Set<ServerHttp2Session>();
  let closing = false;
  const server = createServer({
    settings: {
      maxConcurrentStreams: MAX_STREAMS,
      maxHeaderListSize: MAX_HEADER_BYTES,
      initialWindowSize: WINDOW_BYTES,
    },
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => {}).once('close', () => sessions.delete(session));
    session.setLocalWindowSize(4 * WINDOW_BYTES);
    closeWhenIdle(session);
    if (closing) session.close();
  });
  server.on('stream', (stream, headers, _flags, rawHeaders) => onStream(serve, stream, headers, rawHeaders));
  return {
    accept: (socket) => void server.emit('connection', socket),
    close: () => {
      closing = true;
      for (const session of sessions) session.close();
    },
    destroy: () => {
      for (const session of sessions) session.destroy();
    },
  };
}

function closeWhenIdle(session: ServerHttp2Session): void {
  let open = 0;
  session.on('stream', (stream) => {
    open++;
    stream.once('close', () => open--);
  });
  session.setTimeout(IDLE_MS, () => open > 0 || session.close());
}

function onStream(serve: Serve, stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: string[]): void {
  stream.on('error', () => {});
  const { session } = stream;
  if (!session) return;
  // No path: it asks for a tunnel.
  if (headers[':method'] === 'CONNECT') {
    stream.respond({ ':status': constants.HTTP_STATUS_METHOD_NOT_ALLOWED }, { endStream: true });
    return;
  }
  const request = new Http2Request(stream, headers, rawHeaders, session.socket);
  if (request.bodyFollows) limitBody(stream);
  serve({ request, response: new Http2Response(stream), awaits: headers.expect === '100-continue' });
}

function limitBody(stream: ServerHttp2Stream): void {
  stream.setTimeout(BODY_IDLE_MS, () => stream.close(constants.NGHTTP2_CANCEL));
  stream.once('end', () => stream.setTimeout(0));
}
