import type { Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Http2Front } from '../http2/front.ts';
import { createAlpnResponder, whenOffered } from './alpn-challenge.ts';
import type { Certificates } from './certificates.ts';
import type { Challenges } from './challenges.ts';

const HANDSHAKE_MS = 15_000;

/** Where decrypted connections go. */
export interface Fronts {
  /** It must listen, for only then does node watch over its timeouts. */
  http1: HttpServer;
  http2: Http2Front;
}

/** A server that ends TLS with the certificate of the host that a client names; not listening yet. */
export function createTlsListener(certificates: Certificates, challenges: Challenges, fronts: Fronts): Server {
  const users = createTlsServer({
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout: HANDSHAKE_MS,
    SNICallback: (name, done) => done(null, certificates.match(name)?.context),
  });
  users.on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') fronts.http2.accept(socket);
    else fronts.http1.emit('connection', socket);
  });
  const authorities = createAlpnResponder(challenges);
  return createServer({ noDelay: true }, (socket) => {
    if (challenges.alpn.size === 0) users.emit('connection', socket);
    else whenOffered(socket, (isChallenge) => (isChallenge ? authorities : users).emit('connection', socket));
  });
}
