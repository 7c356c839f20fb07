import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { host, onCleanUp } from './harness.ts';

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Ask {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
  agent?: Agent | false;
  signal?: AbortSignal;
}

/** One request to the edge, on a connection of its own unless an agent is given. */
export function ask(port: number, path = '/', { body, headers, ...options }: Ask = {}): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const call = request({ host: '127.0.0.1', port, path, agent: false, ...options, headers: { host, ...headers } });
  call.on('error', reject);
  call.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
    });
  });
  call.end(body);
  return promise;
}

/** Sends bytes as they are and returns everything that comes back until the other side closes. */
export function askRaw(port: number, bytes: string, quietMs = 300): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let received = '';
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
  socket.setTimeout(quietMs, () => socket.destroy());
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  socket.on('error', () => {}).on('close', () => resolve(received));
  return promise;
}

export interface Load {
  /** Ends the load and says what happened. */
  stop(): Promise<{ sent: number; failures: string[] }>;
}

/** Keeps `clients` clients asking, with connections kept alive or a new one each time. */
export function startLoad(port: number, clients: number, keepAlive: boolean, path = '/'): Load {
  const agent = keepAlive ? new Agent({ keepAlive: true, maxSockets: clients }) : false;
  const failures: string[] = [];
  let sent = 0;
  let running = true;
  const client = async () => {
    while (running) {
      sent++;
      try {
        const { status, body } = await ask(port, path, { agent });
        if (status !== 200) failures.push(`${status} ${body}`);
      } catch (error) {
        failures.push(String(error));
      }
    }
  };
  const done = Promise.all(Array.from({ length: clients }, client));
  const stop = async () => {
    running = false;
    await done;
    if (agent) agent.destroy();
    return { sent, failures };
  };
  // A test that fails before it stops the load must not leave it running.
  onCleanUp(stop);
  return { stop };
}
