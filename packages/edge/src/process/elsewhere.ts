import { readlinkSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';

const patienceMs = 1000;

/** Where the pids of this process mean anything: a container has numbers of its own. Null where there is no such thing. */
export function pidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

/** Whether a record was written where other pids hold, as in another container; an old one does not say. */
export function isElsewhere({ pidNamespace: recorded }: { pidNamespace?: string | null | undefined }): boolean {
  return typeof recorded === 'string' && recorded !== pidNamespace();
}

/** Whether somebody takes connections there: how a process whose pid cannot be looked up shows that it lives. */
export function accepts(where: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(where);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(patienceMs, () => end(false));
    socket.on('connect', () => end(true)).on('error', () => end(false));
  });
}
