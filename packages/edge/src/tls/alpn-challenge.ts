import type { Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';
import type { Challenges } from './challenges.ts';

const protocol = 'acme-tls/1';
/** In a ClientHello each offered protocol comes after its length (RFC 7301, 3.1). */
const offered = Buffer.from(`\x0a${protocol}`);
const RECORD_HEAD = 5;
const HELLO_WAIT_MS = 5_000;

/** Proves hosts by TLS-ALPN-01 (RFC 8737): a handshake with the certificate of the challenge, and nothing after it. */
export function createAlpnResponder(challenges: Challenges): Server {
  return createServer(
    {
      ALPNProtocols: [protocol],
      SNICallback: (name, done) => done(null, challenges.alpn.get(name.toLowerCase())),
    },
    (socket) => socket.on('error', () => {}).end(),
  ).on('tlsClientError', () => {});
}

/**
 * Calls `go` with whether the client offers nothing but a challenge. The certificate is chosen before node tells which
 * protocols a client offers, so the first record of such a connection is looked at, and put back.
 */
export function whenOffered(socket: Socket, go: (isChallenge: boolean) => void): void {
  const timer = setTimeout(() => socket.destroy(), HELLO_WAIT_MS);
  let hello = Buffer.alloc(0);
  const onReadable = () => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    hello = Buffer.concat([hello, chunk]);
    if (!isWhole(hello)) return;
    clearTimeout(timer);
    socket.off('readable', onReadable);
    socket.unshift(hello);
    go(hello.includes(offered));
  };
  socket.on('error', () => {}).once('close', () => clearTimeout(timer));
  socket.on('readable', onReadable);
}

/** The first record is there, or it is none of a handshake. */
function isWhole(bytes: Buffer): boolean {
  if (bytes.length < RECORD_HEAD) return false;
  return bytes[0] !== 0x16 || bytes.length >= RECORD_HEAD + bytes.readUInt16BE(3);
}
