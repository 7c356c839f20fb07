import { parseArgs } from 'node:util';
import { type Edge, startEdge } from './edge.ts';
import { parseAddress } from './process/address.ts';
import { exitCodes } from './process/exit-codes.ts';
import { AlreadyRunning } from './process/lock.ts';

process.umask(0o077);
const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    listen: { type: 'string', multiple: true, default: ['127.0.0.1:4780'] },
    'listen-tls': { type: 'string', multiple: true, default: [] },
    'load-only': { type: 'boolean' },
  },
});
// All modules are loaded by now: node's code cache gets them when the process ends.
if (values['load-only']) {
  await Promise.all([import('./tls/listener.ts'), import('./http2/front.ts')]);
  process.exit(0);
}
if (!values.dir) {
  console.error('usage: main.ts --dir <directory> [--listen <host:port>]… [--listen-tls <host:port>]…');
  process.exit(exitCodes.usage);
}

let edge: Edge | undefined;
let stopping = false;

/** A second request to stop cuts the drain short. */
function stop(drainMs: number): void {
  if (stopping || !edge) process.exit(0);
  stopping = true;
  console.log(`stopping, at most ${drainMs} ms for what is open`);
  void edge.close(drainMs).then(() => process.exit(0));
}

process.on('SIGTERM', () => stop(10_000));
process.on('SIGINT', () => stop(10_000));
process.on('SIGHUP', () => {});
// One broken request must not take all others with it: everything a request owns hangs on its own objects.
process.on('uncaughtException', (error) => console.error('uncaught:', error));

try {
  const addresses = { plain: values.listen.map(parseAddress), tls: values['listen-tls'].map(parseAddress) };
  edge = await startEdge(values.dir, addresses, (drainMs) => setImmediate(stop, drainMs));
  console.log(`edge ${process.pid} listens on ${[...edge.listen, ...edge.listenTls].join(', ')}`);
} catch (error) {
  if (error instanceof AlreadyRunning) process.exit(exitCodes.alreadyRunning);
  console.error('the edge cannot start:', error);
  const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  process.exit(taken ? exitCodes.portInUse : exitCodes.failed);
}
