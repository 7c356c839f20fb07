import type { ListeningSocket } from './listening.ts';

/** What a running process that does not answer does instead of listening where it should. */
export function listeningInWords(sockets: readonly ListeningSocket[], host: string, port: number): string {
  const wanted = `${host}:${port} (HOST and PORT)`;
  const reached = (socket: ListeningSocket) => socket.port === port && [host, '0.0.0.0', '[::]'].includes(socket.host);
  if (sockets.length === 0) return `its process listens on no port, though it should on ${wanted}`;
  if (sockets.some(reached)) return `its process listens on ${wanted}`;
  const where = [...new Set(sockets.map((socket) => `${socket.host}:${socket.port}`))].join(', ');
  return `its process listens on ${where} instead of ${wanted}`;
}
