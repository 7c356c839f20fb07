import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/** A way to a PostgreSQL of this machine's loopback for others. */
export interface Door {
  /** The same database, by the address that others reach. */
  through(url: string): URL;
  close(): void;
}

/** @param host the address of this machine that the others reach */
export async function openDoor(to: string, host: string): Promise<Door> {
  const { port } = new URL(to);
  const door = createServer((socket) => {
    const server = connect(Number(port), '127.0.0.1');
    socket.on('error', () => server.destroy()).pipe(server);
    server.on('error', () => socket.destroy()).pipe(socket);
  });
  door.listen(0, host);
  await once(door, 'listening');
  const { address: hostname, port: own } = door.address() as AddressInfo;
  return {
    through: (url) => Object.assign(new URL(url), { hostname, port: String(own) }),
    close: () => door.close(),
  };
}
