import { once } from 'node:events';
import { connect } from 'node:net';
import type { Secret } from '@kova/core/secret';

const answerMs = 5000;

export interface RedisLogin {
  host: string;
  port: number;
  password: Secret;
}

export const pong = '+PONG';

/**
 * Logs in and asks once, by the protocol's inline commands
 * (https://redis.io/docs/latest/develop/reference/protocol-spec/).
 * @returns the last line of what it answers, in the protocol's own words: `+PONG`, `-LOADING …`, `-WRONGPASS …`
 * @throws what the socket says, and when there is no answer
 */
export async function pingRedis({ host, port, password }: RedisLogin): Promise<string> {
  const socket = connect({ host, port });
  const signal = AbortSignal.timeout(answerMs);
  try {
    await once(socket, 'connect', { signal });
    socket.write(`AUTH default ${password.reveal()}\r\nPING\r\n`);
    let said = '';
    while (said.split('\r\n').length < 3) said += String((await once(socket, 'data', { signal }))[0]);
    const [auth = '', answer = ''] = said.split('\r\n');
    return auth.startsWith('-') ? auth : answer;
  } finally {
    socket.destroy();
  }
}
