import { chmod, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { join } from 'node:path';
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import { createAdminServer } from './admin/server.ts';
import { createFront, type FrontParts, serveUsers } from './forward/front.ts';
import type { Http2Front } from './http2/front.ts';
import { formatAddress, type ListenAddress } from './process/address.ts';
import { socketPathOf, writeEdgeFile } from './process/edge-file.ts';
import { startTimeOf } from './process/identity.ts';
import { takeLock } from './process/lock.ts';
import { edgeVersion } from './process/version.ts';
import { RouteTable } from './table/table.ts';
import { Certificates } from './tls/certificates.ts';
import { Challenges } from './tls/challenges.ts';

export interface Edge {
  listen: string[];
  listenTls: string[];
  /** Stops accepting, lets what is open end for at most `drainMs`, then closes the rest. */
  close(drainMs: number): Promise<void>;
}

export interface EdgeAddresses {
  plain: ListenAddress[];
  tls: ListenAddress[];
}

/** How long an edge that ends takes connections at most while they come without a pause. */
const ACCEPT_MS = 250;
const SHORT_TURN_MS = 0.1;
/** How long kept connections of an edge that ends may be silent before they are closed. */
const KEPT_MS = 500;

interface Entrances {
  fronts: Server[];
  listeners: NetServer[];
  http2: Http2Front | null;
}

/**
 * Starts the edge in this process; `dir` must be there, or a late start would bring back a removed one. `onStop` is
 * called when the control socket asks for the end.
 */
export async function startEdge(dir: string, addresses: EdgeAddresses, onStop: (ms: number) => void): Promise<Edge> {
  await chmod(dir, 0o700);
  await takeLock(join(dir, 'edge.lock'));
  const table = await RouteTable.load(join(dir, 'routes.json'));
  const certificates = await Certificates.load(join(dir, 'certificates'));
  const parts = { table, certificates, challenges: new Challenges() };
  const entrances = await open(parts, addresses);
  const bound = { listen: entrances.fronts.map(addressOf), listenTls: entrances.listeners.map(addressOf) };
  const identity = { pid: process.pid, startTime: startTimeOf(process.pid) ?? '' };
  const admin = createAdminServer({ ...parts, self: { ...identity, version: edgeVersion, ...bound }, stop: onStop });
  await rm(socketPathOf(dir), { force: true });
  await listen(admin, { path: socketPathOf(dir) });
  await chmod(socketPathOf(dir), 0o600);
  await writeEdgeFile(dir, { ...identity, ...bound });
  return { ...bound, close: (drainMs) => closeAll(table, entrances, admin, drainMs) };
}

async function open(parts: FrontParts, { plain, tls }: EdgeAddresses): Promise<Entrances> {
  const fronts = plain.map(() => createFront(parts));
  for (const [index, front] of fronts.entries()) await listen(front, plain[index] as ListenAddress);
  const [http1] = fronts;
  if (!http1 || tls.length === 0) return { fronts, listeners: [], http2: null };
  // Loaded only where it is wanted: an edge without TLS is smaller.
  const { createTlsListener } = await import('./tls/listener.ts');
  const { createHttp2Front } = await import('./http2/front.ts');
  const http2 = createHttp2Front(serveUsers(parts));
  const listeners = tls.map(() => createTlsListener(parts.certificates, parts.challenges, { http1, http2 }));
  for (const [index, listener] of listeners.entries()) await listen(listener, tls[index] as ListenAddress);
  return { fronts, listeners, http2 };
}

async function closeAll(
  table: RouteTable,
  { fronts, listeners, http2 }: Entrances,
  admin: Server,
  drainMs: number,
): Promise<void> {
  const closed = Promise.all([...fronts, ...listeners].map(stopListening));
  http2?.close();
  for (const slot of table.slots.all()) slot.streams.closeSpread(drainMs / 2);
  const ended = new AbortController();
  await Promise.race([closed, closeIdle(fronts, ended.signal), sleep(drainMs)]);
  ended.abort();
  for (const front of fronts) front.closeAllConnections();
  http2?.destroy();
  admin.close();
  admin.closeAllConnections();
}

/** Node's own `close` of an HTTP server ends idle connections, too, on which a request may be on its way. */
async function stopListening(server: NetServer): Promise<void> {
  await acceptedAll(server);
  await new Promise((done) => NetServer.prototype.close.call(server, done));
}

/**
 * The kernel resets connections that wait to be accepted when their listener closes, and node accepts one in a turn.
 * After a short turn without any, none but those of that moment are lost.
 */
async function acceptedAll(server: NetServer): Promise<void> {
  let accepted = 0;
  const count = () => accepted++;
  server.on('connection', count);
  const until = performance.now() + ACCEPT_MS;
  for (let began = performance.now(); began < until; began = performance.now()) {
    const before = accepted;
    await immediate();
    if (accepted === before && performance.now() - began < SHORT_TURN_MS) break;
  }
  server.off('connection', count);
}

/** Does not end before `signal`: a connection that turns idle late would keep its server open until its own timeout. */
async function closeIdle(fronts: Server[], signal: AbortSignal): Promise<void> {
  // Who asks again within this time is told to ask elsewhere next, in the answer.
  for (let pauseMs = KEPT_MS; !signal.aborted; pauseMs = 50) {
    await sleep(pauseMs);
    for (const front of fronts) front.closeIdleConnections();
  }
}

function addressOf(server: NetServer): string {
  return formatAddress(server.address() as AddressInfo);
}

function listen(server: NetServer, where: ListenAddress | { path: string }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ ...where, backlog: 4096 }, () => {
    server.off('error', reject);
    resolve();
  });
  return promise;
}
