// The lightest upstream: it answers every head with the same bytes, so that the front before it is what is measured.
// Only for requests without a body, one at a time a connection. argv: port
import { createServer } from 'node:net';

const body = JSON.stringify({ release: 'light' });
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: ${new Date().toUTCString()}\r\n` +
    `Connection: keep-alive\r\nKeep-Alive: timeout=60\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
);
const blankLine = Buffer.from('\r\n\r\n').readUInt32LE();
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    if (chunk.length >= 4 && chunk.readUInt32LE(chunk.length - 4) === blankLine) socket.write(answer);
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('ready\n'));
process.on('SIGTERM', () => process.exit(0));
