import { createServer } from 'node:net';
import { KovaError } from '@kova/core/errors/kova-error';

/** Below the ports of app instances, so that none of them takes a database's while it is down. */
const first = 16_000;
const count = 4000;
const tries = 100;

/** The port it had when that is free, else another free one on 127.0.0.1. @throws KovaError PORT_IN_USE */
export async function choosePort(had: number | null): Promise<number> {
  if (had !== null && (await isFree(had))) return had;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const port = first + Math.floor(Math.random() * count);
    if (await isFree(port)) return port;
  }
  throw new KovaError('PORT_IN_USE', `no free port was found on 127.0.0.1 in ${tries} tries`);
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
