import { setTimeout as sleep } from 'node:timers/promises';
import { pingRedis, pong, type RedisLogin } from '../redis-ping.ts';

const patienceMs = 120_000;
const pollMs = 50;

/** Resolves when one can log in and the server has read its data; rejects with why not, soon when it is not `alive`. */
export async function awaitRedis(login: RedisLogin, alive: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const answer = await pingRedis(login).catch((error: Error) => error.message);
    if (answer === pong) return;
    if (answer.startsWith('-WRONGPASS') || performance.now() > until || !(await alive())) throw new Error(answer);
    await sleep(pollMs);
  }
}
