import { chmod, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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
  http2?.close();
  const closed = Promise.all([...fronts, ...listeners].map((server) => new Promise((done) => server.close(done))));
  for (const slot of table.slots.all()) slot.streams.closeSpread(drainMs / 2);
  // A connection that turns idle only now would else keep its server open until its own timeout.
  const idle = setInterval(() => {
    for (const front of fronts) front.closeIdleConnections();
  }, 50);
  await Promise.race([closed, sleep(drainMs)]);
  clearInterval(idle);
  for (const front of fronts) front.closeAllConnections();
  http2?.destroy();
  admin.close();
  admin.closeAllConnections();
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
