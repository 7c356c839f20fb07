import { createServer } from 'node:net';
import { KovaError } from '@kova/core/errors/kova-error';

/** Below the range that systems take for outgoing connections, so that none of those is in the way. */
const first = 20_000;
const count = 12_000;
const tries = 200;

/** Loopback ports for instances; none is given to two. */
export class Ports {
  readonly #host: string;
  readonly #reserved = new Set<number>();

  constructor(host: string) {
    this.#host = host;
  }

  /** Reserves a port that an instance has already. */
  keep(port: number): void {
    this.#reserved.add(port);
  }

  /** The port the instance had when it is still free, else another free one; reserved until released. */
  async reserve(had: number | null): Promise<number> {
    if (had !== null) {
      this.#reserved.add(had);
      if (await this.isFree(had)) return had;
      this.#reserved.delete(had);
    }
    const start = Math.floor(Math.random() * count);
    for (let step = 0; step < tries; step += 1) {
      const port = first + ((start + step) % count);
      if (port === had || this.#reserved.has(port)) continue;
      this.#reserved.add(port);
      if (await this.isFree(port)) return port;
      this.#reserved.delete(port);
    }
    throw new KovaError('PORT_IN_USE', `no free port was found on ${this.#host} in ${tries} tries`);
  }

  release(port: number): void {
    this.#reserved.delete(port);
  }

  isFree(port: number): Promise<boolean> {
    return new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen({ port, host: this.#host, exclusive: true }, () => server.close(() => resolve(true)));
    });
  }
}
