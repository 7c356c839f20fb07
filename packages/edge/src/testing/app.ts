// An application for the edge's tests: `node app.ts <release>`; says its port on its first line of output.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';

const release = process.argv[2] ?? 'rel_0';
let posts = 0;
let healthDelayMs = 0;

const pages: Record<string, (request: IncomingMessage, response: ServerResponse, url: URL) => unknown> = {
  '/': (_, response) => response.end(`${release} ${process.pid}`),
  '/healthz': async (_, response) => {
    await sleep(healthDelayMs);
    response.end('ok');
  },
  '/health-delay': (_, response, url) => {
    healthDelayMs = Number(url.searchParams.get('ms'));
    response.end();
  },
  '/slow': async (_, response, url) => {
    await sleep(Number(url.searchParams.get('ms')));
    response.end(release);
  },
  '/status': (_, response, url) => response.writeHead(Number(url.searchParams.get('code'))).end('status'),
  '/hang': () => {},
  '/reset': (request) => {
    posts++;
    request.socket.destroy();
  },
  '/posts': (_, response) => response.end(String(posts)),
  '/half': (request, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('half');
    setTimeout(() => request.socket.destroy(), 20);
  },
  '/early': (_, response) => response.writeHead(401).end('no'),
  '/hops': (_, response) =>
    response
      .writeHead(200, { connection: 'keep-alive, x-internal', 'x-internal': 'secret', 'x-open': 'yes' })
      .end('hops'),
  '/echo': async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, bytes }));
  },
  '/large': async (_, response) => {
    const block = Buffer.alloc(64 * 1024, 'k');
    for (let index = 0; index < 160; index++) {
      if (!response.write(block)) await new Promise((resolve) => response.once('drain', resolve));
    }
    response.end();
  },
  '/events': async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    // In two pieces, so that a stream is mostly found in the middle of an event.
    for (let count = 1; !response.destroyed; count++) {
      response.write(`id: ${count}\ndata: {"release":`);
      await sleep(8);
      response.write(`"${release}"}\n\n`);
      await sleep(4);
    }
  },
};

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://app');
  const page = pages[url.pathname];
  // A client that breaks off in the middle is no reason to die.
  if (page) void Promise.resolve(page(request, response, url)).catch(() => response.destroy());
  else response.writeHead(404).end('not found');
});
const sockets = new WebSocketServer({ server, path: '/socket' });
sockets.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.send(`hello ${release}`);
  socket.on('message', (data, binary) => socket.send(data, { binary }));
  socket.on('close', (code) => process.stdout.write(`closed ${code}\n`));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
