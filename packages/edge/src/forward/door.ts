import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LiveRoute } from '../table/live-route.ts';
import type { LiveSlot } from '../table/live-slot.ts';
import type { RouteTable } from '../table/table.ts';
import { type Admit, createEntrance } from './front.ts';

/** The release in a slot that a door leads to, and to no other. */
export interface DoorTarget {
  routeId: string;
  slotId: string;
  release: string;
}

/**
 * A way into one slot for whoever checks it before users do: a loopback port of its own, whatever weight the slot has and
 * whatever host is asked for. Its requests are not counted as users' requests. It is there for as long as whoever opened
 * it holds on to the answer that names it, so that none outlives its use.
 */
export class Door {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(table: RouteTable, target: DoorTarget): Promise<Door> {
    const server = createEntrance(table, admitTo(table, target));
    server.listen({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    return new Door(server);
  }

  /** Answers with where it is, and closes when that answer's connection does. */
  hold(response: ServerResponse): void {
    response.once('close', () => {
      this.#server.close();
      this.#server.closeAllConnections();
    });
    const { address, port } = this.#server.address() as AddressInfo;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(`${JSON.stringify({ address: `${address}:${port}` })}\n`);
  }
}

function admitTo(table: RouteTable, target: DoorTarget): Admit {
  return (_head, refuse, go) => {
    const found = find(table, target);
    if (found) go(found.route, found.slot);
    else refuse({ status: 503, message: `${target.release} is not in ${target.slotId} any more.` });
  };
}

function find(table: RouteTable, target: DoorTarget): { route: LiveRoute; slot: LiveSlot } | null {
  const route = table.all().find(({ route: { id } }) => id === target.routeId);
  const slot = route?.slots.find(({ id, release }) => id === target.slotId && release === target.release);
  return route && slot ? { route, slot } : null;
}
