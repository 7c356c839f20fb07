import { once } from 'node:events';
import { createServer } from 'node:https';
import type { Certificate } from './certificate.ts';
import { forward, forwardUpgrade } from './forward.ts';

export interface Proxy {
  close(): Promise<void>;
}

/** HTTPS on loopback in front of the app, WebSockets included. */
export async function listenTls({ cert, key }: Certificate, port: number, appPort: number): Promise<Proxy> {
  const server = createServer({ cert, key }, (incoming, outgoing) => forward(incoming, outgoing, appPort));
  const upgraded = new Set<{ destroy(): void }>();
  server.on('upgrade', (incoming, socket, head) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    forwardUpgrade(incoming, socket, head, appPort);
  });
  // A client that does not trust the certificate breaks off: nothing to do about it here.
  server.on('tlsClientError', () => {});
  server.on('clientError', (_error, socket) => socket.destroy());
  server.listen({ port, host: '127.0.0.1' });
  await once(server, 'listening');
  const close = async () => {
    server.close();
    server.closeAllConnections();
    for (const socket of upgraded) socket.destroy();
    if (server.listening) await once(server, 'close');
  };
  return { close };
}
