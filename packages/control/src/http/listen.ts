import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type WebSocketServerLike } from '@hono/node-server';
import { KovaError, reportOf } from '@kova/core/errors/kova-error';
import { maxMessageBytes } from '@kova/core/exec/frame';
import { WebSocketServer } from 'ws';

export interface ApiServer {
  url: string;
  /** From here on `fetch` answers requests, also those for a WebSocket. */
  serve(fetch: (request: Request) => Response | Promise<Response>): void;
}

/**
 * Takes the port of the API before anything else is started; until it is served, requests are told that Kova starts.
 * @throws KovaError PORT_IN_USE
 */
export async function listenForApi({ host, port }: { host: string; port: number }): Promise<ApiServer> {
  let answer: RequestListener = (_request, response) => {
    response.writeHead(503, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(reportOf(new KovaError('NOT_RUNNING', 'Kova is starting', { next: 'Wait a moment.' }))),
    );
  };
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    const why = error.code === 'EACCES' ? 'may not be used by this user' : 'is taken: something else listens there';
    throw new KovaError('PORT_IN_USE', `${host}:${port}, where the API shall listen, ${why}`, {
      next: 'Stop what listens there, or set KOVA_PORT to another port.',
    });
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    serve(fetch) {
      const options = { noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false };
      // Its types are not those of the adaptor, which is made for it.
      const sockets = new WebSocketServer(options) as unknown as WebSocketServerLike;
      const adopt = (_options: unknown, listener: RequestListener) => {
        answer = listener;
        return server;
      };
      createAdaptorServer({ fetch, websocket: { server: sockets }, createServer: adopt as typeof createServer });
    },
  };
}
