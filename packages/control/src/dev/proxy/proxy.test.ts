import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { freePort } from '../../pipeline/furnish/free-port.ts';
import { type Certificate, localCertificate } from './certificate.ts';
import { listenTls } from './proxy.ts';

const day = 86_400_000;

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'kova-proxy-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The app and the proxy before it; returns the proxy's port. */
async function before(
  app: RequestListener,
): Promise<{ port: number; certificate: Certificate; sockets: WebSocketServer }> {
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new WebSocketServer({ server });
  const [certificate, port] = [await localCertificate(temporary()), await freePort()];
  const proxy = await listenTls(certificate, port, (server.address() as AddressInfo).port);
  onTestFinished(async () => {
    await proxy.close();
    server.closeAllConnections();
    server.close();
  });
  return { port, certificate, sockets };
}

test('the certificate is RSA 2048 for this machine alone, holds 365 days, and is kept until it runs out', async () => {
  const directory = temporary();
  const made = new X509Certificate((await localCertificate(directory)).cert);
  expect(made.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(made.subjectAltName).toBe('DNS:localhost, DNS:*.localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
  const left = made.validToDate.getTime() - Date.now();
  expect(Math.round(left / day)).toBe(365);
  expect(made.ca).toBe(false);
  expect(statSync(join(directory, 'localhost-key.pem')).mode & 0o777).toBe(0o600);
  const again = await localCertificate(directory);
  expect(again.cert).toBe(readFileSync(join(directory, 'localhost.pem'), 'utf8'));
  expect(new X509Certificate(again.cert).fingerprint256).toBe(made.fingerprint256);
  const later = await localCertificate(directory, new Date(Date.now() + 340 * day));
  expect(new X509Certificate(later.cert).fingerprint256).not.toBe(made.fingerprint256);
});

test('a request arrives as it was, and says by which way it came; so does its answer', async () => {
  const { port, certificate } = await before((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    outgoing.writeHead(
      201,
      [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ].flat(),
    );
    incoming.toArray().then((chunks) => {
      outgoing.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }));
    });
  });
  const asking = request({
    host: 'localhost',
    port,
    ca: certificate.cert,
    method: 'POST',
    path: '/a?b=%20',
    agent: false,
  });
  asking.setHeader('x-own', 'yes');
  asking.end('the body');
  const [answer] = await once(asking, 'response');
  const seen = JSON.parse(Buffer.concat(await answer.toArray()).toString());
  expect(answer.statusCode).toBe(201);
  expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  expect(seen).toMatchObject({ method: 'POST', url: '/a?b=%20', body: 'the body' });
  expect(seen.headers).toMatchObject({
    'x-own': 'yes',
    host: `localhost:${port}`,
    'x-forwarded-host': `localhost:${port}`,
    'x-forwarded-proto': 'https',
  });
});

test('a WebSocket passes, both ways', async () => {
  const { port, certificate, sockets } = await before((_, outgoing) => outgoing.end());
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`you said ${data}`)));
  const socket = new WebSocket(`wss://localhost:${port}/hmr`, { ca: certificate.cert });
  await once(socket, 'open');
  socket.send('hello');
  const [data] = await once(socket, 'message');
  expect(String(data)).toBe('you said hello');
  socket.close();
  await once(socket, 'close');
});

test('what an app sends bit by bit arrives bit by bit', async () => {
  const { port, certificate } = await before((_, outgoing) => {
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
    outgoing.write('data: 1\n\n');
  });
  const asking = request({ host: 'localhost', port, ca: certificate.cert, agent: false }).end();
  const [answer] = await once(asking, 'response');
  const [first] = await once(answer, 'data');
  expect(String(first)).toBe('data: 1\n\n');
  asking.destroy();
});

test('while the app does not answer, that is said, with a page that tries again', async () => {
  const certificate = await localCertificate(temporary());
  const [port, nobody] = [await freePort(), await freePort()];
  const proxy = await listenTls(certificate, port, nobody);
  onTestFinished(() => proxy.close());
  const asking = request({ host: 'localhost', port, ca: certificate.cert, agent: false }).end();
  const [answer] = await once(asking, 'response');
  expect(answer.statusCode).toBe(502);
  expect(Buffer.concat(await answer.toArray()).toString()).toMatch(/http-equiv="refresh"[\s\S]*ECONNREFUSED/);
});
