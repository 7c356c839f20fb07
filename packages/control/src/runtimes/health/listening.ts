import { readlinkSync } from 'node:fs';
import { listProc, readProc } from '../process/system/processes.ts';

export interface ListeningSocket {
  /** `127.0.0.1`, `0.0.0.0`, `[::]`, `[::1]` or another address as the system writes it. */
  host: string;
  port: number;
}

const listenState = '0A';

/** The TCP sockets that these processes listen on. */
export function listeningSockets(pids: readonly number[]): ListeningSocket[] {
  const owned = new Set(pids.flatMap(socketInodes));
  return listeners('net').filter((socket) => owned.has(socket.inode));
}

/** Who listens on a port of this machine, for people: `node (process 4711)`. */
export function portHolder(port: number): string {
  const inodes = new Set(listeners('net').flatMap((socket) => (socket.port === port ? [socket.inode] : [])));
  const pid = listProc('').find(
    (name) => /^\d+$/.test(name) && socketInodes(Number(name)).some((at) => inodes.has(at)),
  );
  return pid ? `${readProc(`${pid}/comm`).trim()} (process ${pid})` : 'a process of another user';
}

/** The TCP sockets that anybody listens on in the network namespace of a process. */
export function listeningBeside(pid: number): ListeningSocket[] {
  return listeners(`${pid}/net`);
}

function listeners(place: string): (ListeningSocket & { inode: string })[] {
  return ['tcp', 'tcp6'].flatMap((table) =>
    readProc(`${place}/${table}`)
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
        if (state !== listenState) return [];
        const [address = '', port = ''] = local.split(':');
        return [{ host: hostOf(address), port: Number.parseInt(port, 16), inode }];
      }),
  );
}

/** The tables hold addresses as 32-bit words in the byte order of the machine. */
function hostOf(hex: string): string {
  const bytes = [...hex.matchAll(/.{8}/g)].flatMap(([word]) => [...Buffer.from(word, 'hex')].reverse());
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.every((byte) => byte === 0)) return '[::]';
  if (bytes.every((byte, index) => byte === (index === 15 ? 1 : 0))) return '[::1]';
  return `[${Buffer.from(bytes)
    .toString('hex')
    .replace(/(.{4})(?!$)/g, '$1:')}]`;
}

function socketInodes(pid: number): string[] {
  return listProc(`${pid}/fd`).flatMap((fd) => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1];
    return inode === undefined ? [] : [inode];
  });
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
