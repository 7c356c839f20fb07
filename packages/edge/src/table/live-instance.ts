import type { RouteSlot } from '@kova/core/traffic/route';
import { Pool } from 'undici';
import { Health } from '../health/health.ts';

export type InstanceAddress = RouteSlot['instances'][number];

/**
 * Node and Next.js close idle connections after 5 s: ours must go first, or a request may meet the
 * closing one. A shorter `Keep-Alive: timeout` of the instance is followed by undici itself.
 */
const KEEP_ALIVE_MS = 3_000;
const CONNECT_TIMEOUT_MS = 3_000;
const BODY_IDLE_MS = 300_000;
const MAX_HEADER_BYTES = 64 * 1024;

/** One instance while routes name it: its connections, its health, what it is doing now. */
export class LiveInstance {
  readonly address: InstanceAddress;
  readonly health = new Health();
  inFlight = 0;
  #pool: Pool;

  constructor(address: InstanceAddress) {
    this.address = address;
    this.#pool = openPool(address);
  }

  get pool(): Pool {
    return this.#pool;
  }

  /** Closes idle connections and lets busy ones finish; new requests get new connections. */
  renewConnections(): void {
    closeSoftly(this.#pool);
    this.#pool = openPool(this.address);
  }

  /** Lets what is in flight finish, then closes everything. */
  close(): void {
    closeSoftly(this.#pool);
  }

  sameAddress(other: InstanceAddress): boolean {
    return this.address.id === other.id && this.address.host === other.host && this.address.port === other.port;
  }
}

function openPool({ host, port }: InstanceAddress): Pool {
  return new Pool(`http://${host.includes(':') ? `[${host}]` : host}:${port}`, {
    connections: null,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    bodyTimeout: BODY_IDLE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
}

function closeSoftly(pool: Pool): void {
  pool.close().catch((error: unknown) => console.error('closing a pool:', error));
}
