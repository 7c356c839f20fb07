import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '@kova/core/secret';

const patienceMs = 120_000;
const pollMs = 50;
const answerMs = 5000;

interface RedisLogin {
  host: string;
  port: number;
  password: Secret;
}

/** Resolves when one can log in and the server has read its data; rejects with why not, soon when it is not `alive`. */
export async function awaitRedis(login: RedisLogin, alive: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const answer = await ping(login).catch((error: Error) => error.message);
    if (answer === '+PONG') return;
    if (answer.startsWith('-WRONGPASS') || performance.now() > until || !(await alive())) throw new Error(answer);
    await sleep(pollMs);
  }
}

/** The last line of what it answers, in the protocol's own words: `+PONG`, `-LOADING …`. */
async function ping({ host, port, password }: RedisLogin): Promise<string> {
  const socket = connect({ host, port });
  const signal = AbortSignal.timeout(answerMs);
  try {
    await once(socket, 'connect', { signal });
    socket.write(`AUTH default ${password.reveal()}\r\nPING\r\n`);
    let said = '';
    while (said.split('\r\n').length < 3) said += String((await once(socket, 'data', { signal }))[0]);
    const [auth = '', pong = ''] = said.split('\r\n');
    return auth.startsWith('-') ? auth : pong;
  } finally {
    socket.destroy();
  }
}
