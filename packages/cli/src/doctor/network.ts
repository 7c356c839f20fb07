import { connect, createServer } from 'node:net';
import type { EdgeView } from '@kova/control/api';
import type { Check } from './checks.ts';

const patienceMs = 3000;

/** Something takes connections at `host:port`. */
export function checkEdge(address: string): Promise<Check> {
  const { hostname, port } = new URL(address.includes('://') ? address : `http://${address}`);
  const next = 'Run `kova up`; it starts the edge with the routes it had.';
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) });
    const end = (ok: boolean, found: string) => {
      socket.destroy();
      resolve({ name: 'edge', ok, found, next });
    };
    socket.setTimeout(patienceMs, () => end(false, `${address} does not answer within ${patienceMs} ms`));
    socket.on('connect', () => end(true, `listens at ${address}`));
    socket.on('error', (error) => end(false, `${address}: ${error.message}`));
  });
}

/** An edge on another machine, by what is told of it. */
export function checkFollowing({ name, address, state, behind, problem, heardAt }: EdgeView): Check {
  const why = problem === null ? '' : `: ${problem}`;
  const found = {
    'in-line': `in line at ${address}`,
    behind: `${address} lacks ${behind.join(', ') || 'something'}${why}`,
    lost: `${address} was last heard of at ${heardAt}${why}`,
  }[state];
  const next =
    'Look at `kova edge` and `kova follow` on that machine; one that is gone for good is forgotten after a week.';
  return { name: `edge ${name}`, ok: state === 'in-line', found, next };
}

export function checkPortFree(port: number, host: string): Promise<Check> {
  const name = `port ${port}`;
  const next = `Stop what listens on port ${port}, or set another port.`;
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', (error) => resolve({ name, ok: false, found: error.message, next }));
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => resolve({ name, ok: true, found: 'free', next }));
    });
  });
}
