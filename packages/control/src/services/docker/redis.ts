import { Secret } from '@kova/core/secret';
import { type Blueprint, secretsMount } from './blueprint.ts';

export const redisSettings = 'redis.conf';

/** Redis 7 as `docker.io/library/redis` runs it; it keeps what it is told, and refuses more than it has memory for. */
export const redisBlueprint: Blueprint = {
  kind: 'redis',
  port: 6379,
  user: 'redis',
  data: '/data',
  env: {},
  command: (memory) => [
    ...['redis-server', `${secretsMount}/${redisSettings}`],
    // What it copies while it rewrites its file needs room, too.
    ...['--maxmemory', String(Math.floor(memory * 0.6))],
  ],
  scratch: ['/tmp'],
  health: ['redis-cli', '-e', '--no-auth-warning', '--user', 'health', '--pass', 'any', 'ping'],
  stopSignal: 'SIGTERM',
  version: { variable: 'REDIS_VERSION', major: '7' },
};

/** Its configuration. One user may do everything with a password; another may ask whether it is well. */
export function redisConfiguration(password: Secret): Secret {
  const lines = [
    'bind * -::*',
    'port 6379',
    'dir /data',
    'appendonly yes',
    'save ""',
    `user default on >${password.reveal()} ~* &* +@all`,
    'user health on nopass resetkeys resetchannels -@all +ping',
  ];
  return new Secret(`${lines.join('\n')}\n`);
}

export function redisUrl(host: string, password: Secret): Secret {
  return new Secret(`redis://default:${password.reveal()}@${host}:${redisBlueprint.port}`);
}
