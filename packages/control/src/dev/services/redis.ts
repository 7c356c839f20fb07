import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '@kova/core/secret';

const pollMs = 20;
const askLimitMs = 2000;

/** The configuration of a Redis for one person, on loopback, that keeps its data. Given on stdin: no other user sees it. */
export function redisConfiguration(port: number, directory: string, password: Secret): string {
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: JSON.stringify(directory),
    dbfilename: 'dump.rdb',
    requirepass: password.reveal(),
    save: '60 1',
    appendonly: 'no',
    daemonize: 'no',
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key} ${value}\n`)
    .join('');
}

/** Resolves when Redis answers PONG; rejects with the signal's reason. */
export async function redisReady(port: number, password: Secret, signal: AbortSignal): Promise<void> {
  while (!(await answersPong(port, password))) await sleep(pollMs, undefined, { signal });
}

/** Asks once, by the protocol's inline commands (https://redis.io/docs/latest/develop/reference/protocol-spec/). */
function answersPong(port: number, password: Secret): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    let said = '';
    const settle = (pong: boolean) => {
      socket.destroy();
      resolve(pong);
    };
    socket.setTimeout(askLimitMs, () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('connect', () => socket.write(`AUTH ${password.reveal()}\r\nPING\r\n`));
    socket.on('data', (data) => {
      said += data;
      if (said.includes('+PONG')) settle(true);
      else if (said.includes('-')) settle(false);
    });
    socket.once('close', () => settle(false));
  });
}
