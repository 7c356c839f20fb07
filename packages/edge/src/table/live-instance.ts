import type { RouteSlot } from '@kova/core/traffic/route';
import { Health } from '../health/health.ts';
import { Connections } from '../upstream/connections.ts';

export type InstanceAddress = RouteSlot['instances'][number];

/** One instance while routes name it: its connections, its health, what it is doing now. */
export class LiveInstance {
  readonly address: InstanceAddress;
  readonly health = new Health();
  inFlight = 0;
  #connections: Connections;

  constructor(address: InstanceAddress) {
    this.address = address;
    this.#connections = new Connections(address);
  }

  get connections(): Connections {
    return this.#connections;
  }

  /** Closes idle connections and lets busy ones finish; new requests get new connections. */
  renewConnections(): void {
    this.#connections.close();
    this.#connections = new Connections(this.address);
  }

  /** Lets what is in flight finish, then closes everything. */
  close(): void {
    this.#connections.close();
  }

  sameAddress(other: InstanceAddress): boolean {
    return this.address.id === other.id && this.address.host === other.host && this.address.port === other.port;
  }
}
