import { chmod, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdminServer } from './admin/server.ts';
import { createFront } from './forward/front.ts';
import { formatAddress, type ListenAddress } from './process/address.ts';
import { socketPathOf, writeEdgeFile } from './process/edge-file.ts';
import { startTimeOf } from './process/identity.ts';
import { takeLock } from './process/lock.ts';
import { edgeVersion } from './process/version.ts';
import { RouteTable } from './table/table.ts';

export interface Edge {
  listen: string[];
  /** Stops accepting, lets what is open end for at most `drainMs`, then closes the rest. */
  close(drainMs: number): Promise<void>;
}

/** Starts the edge in this process; `dir` must be there, or a late start would bring back a removed one. `onStop` is called when the control socket asks for the end. */
export async function startEdge(dir: string, addresses: ListenAddress[], onStop: (ms: number) => void): Promise<Edge> {
  await chmod(dir, 0o700);
  await takeLock(join(dir, 'edge.lock'));
  const table = await RouteTable.load(join(dir, 'routes.json'));
  const fronts = addresses.map(() => createFront(table));
  for (const [index, front] of fronts.entries()) await listen(front, addresses[index] as ListenAddress);
  const bound = fronts.map((front) => formatAddress(front.address() as AddressInfo));
  const self = { pid: process.pid, startTime: startTimeOf(process.pid) ?? '', version: edgeVersion, listen: bound };
  const admin = createAdminServer({ table, self, stop: onStop });
  await rm(socketPathOf(dir), { force: true });
  await listen(admin, { path: socketPathOf(dir) });
  await chmod(socketPathOf(dir), 0o600);
  await writeEdgeFile(dir, { pid: self.pid, startTime: self.startTime, listen: bound });
  return { listen: bound, close: (drainMs) => closeAll(table, fronts, admin, drainMs) };
}

async function closeAll(table: RouteTable, fronts: Server[], admin: Server, drainMs: number): Promise<void> {
  const closed = Promise.all(fronts.map((front) => new Promise((resolve) => front.close(resolve))));
  for (const slot of table.slots.all()) slot.streams.closeSpread(drainMs / 2);
  // A connection that turns idle only now would else keep its server open until its own timeout.
  const idle = setInterval(() => {
    for (const front of fronts) front.closeIdleConnections();
  }, 50);
  await Promise.race([closed, sleep(drainMs)]);
  clearInterval(idle);
  for (const front of fronts) front.closeAllConnections();
  admin.close();
  admin.closeAllConnections();
}

function listen(server: Server, where: ListenAddress | { path: string }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ ...where, backlog: 4096 }, () => {
    server.off('error', reject);
    resolve();
  });
  return promise;
}
