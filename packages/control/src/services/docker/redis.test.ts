import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import type { Secret } from '@kova/core/secret';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { redisImage } from '../../testing/engine/service-images.ts';
import { serviceLabels, serviceName } from './container-options.ts';
import { type Dock, openDock, redisWish, wish } from './testing/dock.ts';

let dock: Dock;
beforeAll(async () => {
  dock = await openDock([redisImage]);
}, 240_000);
afterAll(() => dock?.close());

const place = (environment: string) => ({ home: dock.mark, project: 'shop', environment });
const container = (environment: string) => dock.testing.engine.getContainer(serviceName(place(environment), 'redis'));

async function redis(environment: string): Promise<Secret> {
  const { REDIS_URL } = await dock.services.ensure(wish(redisWish, environment));
  if (!REDIS_URL) throw new Error('there is no Redis');
  return REDIS_URL;
}

/** What the server answers to commands, a line each. */
async function say(url: string, ...commands: string[]): Promise<string[]> {
  const { hostname, port, password } = new URL(url);
  const socket = createConnection({ host: hostname, port: Number(port) });
  const lines = [`AUTH default ${password}`, ...commands, 'QUIT'];
  socket.end(`${lines.join('\r\n')}\r\n`);
  let said = '';
  socket.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  await once(socket, 'close');
  return said.split('\r\n').slice(1, -2);
}

test('it keeps what it is told, over a kill and when its container is removed', async () => {
  const url = await redis('production');
  expect(url.reveal()).toMatch(/^redis:\/\/default:[A-Za-z0-9_-]{43}@10\.\d+\.\d+\.\d+:6379$/);
  expect(await say(url.reveal(), 'SET cart full')).toEqual(['+OK']);
  await container('production').stop();
  expect(await say((await redis('production')).reveal(), 'GET cart')).toEqual(['$4', 'full']);
  await container('production').remove({ force: true });
  expect((await redis('production')).reveal()).toBe(url.reveal());
  expect(await say(url.reveal(), 'GET cart')).toEqual(['$4', 'full']);
});

test('who has no password may ask whether it is well, and nothing else', async () => {
  const url = new URL((await redis('staging')).reveal());
  url.password = 'wrong';
  expect(await say(url.href, 'GET cart')).toEqual(['-NOAUTH Authentication required.']);
  const { password } = new URL((await redis('staging')).reveal());
  expect(JSON.stringify(await container('staging').inspect())).not.toContain(password);
  const settings = await readFile(join(dock.home.keys, 'services/shop/staging/redis/redis.conf'), 'utf8');
  expect(settings).toContain(password);
  const seen = async () => (await dock.services.states(wish(redisWish, 'staging')))[0];
  const healthy = { kind: 'redis', state: 'healthy', address: url.host, reason: '' };
  await vi.waitFor(async () => expect(await seen()).toEqual(healthy), { timeout: 30_000, interval: 500 });
});

test('it refuses more than it has memory for, where it would be killed, or forget what it was told', async () => {
  const limits = await say((await redis('staging')).reveal(), 'CONFIG GET maxmemory', 'CONFIG GET maxmemory-policy');
  expect(limits).toEqual(expect.arrayContaining([String(Math.floor(256 * 1024 ** 2 * 0.6)), 'noeviction']));
});

test('a file that it cannot read is named with what it says', async () => {
  await dock.testing.engine.createVolume({
    Name: serviceName(place('broken'), 'redis'),
    Labels: serviceLabels(place('broken'), 'redis'),
    DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: 'size=1m,uid=0,gid=0,mode=0700' },
  });
  await expect(redis('broken')).rejects.toMatchObject({
    code: 'SERVICE_FAILED',
    message: expect.stringMatching(/(does not stay up|exited with 1):.*Permission denied/s),
  });
});
