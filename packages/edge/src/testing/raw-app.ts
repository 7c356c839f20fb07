import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { onCleanUp, type TestApp } from './harness.ts';

/** What an instance has received on one connection since its last answer. */
export interface RawRequest {
  /** All of it, in latin1. */
  text: string;
  /** Which connection it came on, from 1; probes of health have connections of their own and do not count. */
  connection: number;
  socket: Socket;
}

export interface RawApp extends TestApp {
  requests: RawRequest[];
}

/** An instance that answers with exactly the bytes it wants, in this process; called whenever a head is complete. */
export async function startRawApp(answer: (request: RawRequest) => void): Promise<RawApp> {
  const requests: RawRequest[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    let request: RawRequest | null = null;
    let connection = 0;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      if (text.startsWith('GET /healthz')) {
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      connection ||= ++connections;
      if (request !== null && !/^[A-Z]+ \S+ HTTP\/1\.1\r\n/.test(text)) {
        request.text += text;
        return;
      }
      request = { text, connection, socket };
      requests.push(request);
      answer(request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const kill = async () => void server.close();
  onCleanUp(kill);
  const { port } = server.address() as AddressInfo;
  return { release: 'rel_raw', port, pid: process.pid, lines: [], kill, requests };
}
