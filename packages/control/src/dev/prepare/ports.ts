import { createServer } from 'node:net';
import { KovaError } from '@kova/core/errors/kova-error';
import { portHolder } from '../../runtimes/health/listening.ts';

const tries = 100;

export interface PortWish {
  /** What it is for, in a word. */
  what: string;
  /** Must be had; null for `usual`, or the next that is free. */
  wanted: number | null;
  usual: number;
  option: string;
}

/**
 * A loopback port that is free now; `note` is told when it is not the usual one, and who has that.
 * @throws KovaError PORT_IN_USE when the one that must be had is taken: by whom, and which is free
 */
export async function choosePort(
  { what, wanted, usual, option }: PortWish,
  note: (text: string) => void,
): Promise<number> {
  const first = wanted ?? usual;
  const port = await nextFree(first);
  if (port === first) return port;
  const taken = `port ${first} is taken by ${portHolder(first)}`;
  if (wanted !== null) throw new KovaError('PORT_IN_USE', taken, { next: `Stop it, or pass ${option} ${port}.` });
  note(`${taken}: the ${what} gets ${port}`);
  return port;
}

async function nextFree(first: number): Promise<number> {
  for (let port = first; port < Math.min(first + tries, 65_536); port += 1) if (await isFree(port)) return port;
  throw new KovaError('PORT_IN_USE', `no port from ${first} to ${first + tries} is free`);
}

/** Whoever listens on all addresses has the loopback ones as well, of either family. */
async function isFree(port: number): Promise<boolean> {
  return (await binds(port, '127.0.0.1')) && (await binds(port, '::1'));
}

function binds(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT'),
    );
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
