import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '@kova/core/secret';
import { launchVariable } from '../../runtimes/process/system/terminate.ts';
import { passwordIn } from '../../services/postgres/password.ts';
import type { Environment } from '../environment.ts';
import { KeptProcess } from '../kept-process.ts';
import { logOf } from '../logs.ts';
import { choosePort } from '../prepare/ports.ts';
import { redisConfiguration, redisReady } from './redis.ts';

const usualPort = 6379;
/** It writes down what it holds. */
const graceMs = 10_000;

/** A Redis of the project, on loopback and with a password, whose data persist. Not started yet. */
export async function developmentRedis(environment: Environment, program: string) {
  const { place, emit } = environment;
  const note = (text: string) => environment.note('redis', text);
  const port = await choosePort({ what: 'Redis', wanted: null, usual: usualPort, option: '' }, note);
  const password = await passwordIn(join(place.home.keys, 'redis'));
  const file = join(place.redis, 'redis.conf');
  await writeFile(file, redisConfiguration(port, place.redis, password), { mode: 0o600 });
  const process = new KeptProcess({
    part: 'redis',
    command: () => ({
      argv: [program, file],
      env: { PATH: '/usr/bin:/bin', [launchVariable]: environment.mark('redis') },
    }),
    cwd: place.redis,
    graceMs,
    ready: async (signal) => {
      await redisReady(port, password, signal);
      return `answers PONG on 127.0.0.1:${port}`;
    },
    onLine: await logOf(place, 'redis'),
    emit,
  });
  return { process, port, url: new Secret(`redis://:${encodeURIComponent(password.reveal())}@127.0.0.1:${port}`) };
}
