import { setTimeout as sleep } from 'node:timers/promises';
import type { Secret } from '@kova/core/secret';
import { pingRedis, pong } from '../../services/redis-ping.ts';

const pollMs = 20;

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

/** Resolves when one can log in and it answers; rejects with the signal's reason. */
export async function redisReady(port: number, password: Secret, signal: AbortSignal): Promise<void> {
  const login = { host: '127.0.0.1', port, password };
  while ((await pingRedis(login).catch(() => null)) !== pong) await sleep(pollMs, undefined, { signal });
}
