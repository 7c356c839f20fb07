import { once } from 'node:events';
import { createServer } from 'node:http';
import { Secret } from '@kova/core/secret';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openTestEngine, type TestEngine } from '../../testing/docker-engine.ts';
import { openRegistry, pusher, type RegistryOptions } from '../testing/registry.ts';
import { openTokenAuthority } from '../testing/token-authority.ts';
import { manifestList } from './manifest-list.ts';
import { putManifest } from './put-manifest.ts';

let testing: TestEngine;
beforeAll(async () => {
  testing = await openTestEngine([]);
}, 120_000);
afterAll(() => testing?.close());
const closing: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A registry takes it without any manifest to list. */
const empty = manifestList([]);
const put = (address: string, password: string | null = pusher.password) =>
  putManifest(
    testing.engine,
    {
      ...{ name: `${address}/team/shop`, signal: AbortSignal.timeout(60_000) },
      credentials: password ? { username: pusher.username, password: new Secret(password) } : null,
    },
    ['main'],
    empty,
  );
async function open(options: RegistryOptions) {
  const registry = await openRegistry(options);
  closing.push(registry.close);
  return registry;
}

test('a registry that asks for a password gets it, and keeps what it was given byte by byte', async () => {
  const registry = await open({ closed: true });
  await put(registry.address);
  expect(await registry.digestOf('team/shop', 'main')).toBe(empty.digest);
});

test('one that trusts an authority gets a token of it, for that repository alone', async () => {
  const authority = await openTokenAuthority(pusher);
  closing.push(authority.close);
  const registry = await open({ authority });
  await put(registry.address);
  expect(authority.asked).toEqual(['repository:team/shop:pull,push']);
  await expect(put(registry.address, 'sentinel')).rejects.toMatchObject({
    code: 'REGISTRY_REFUSED',
    message: expect.stringMatching(/gives no token: it answered 401$/),
  });
});

test('a wrong password and none are refused, and shown nowhere', async () => {
  const registry = await open({ closed: true });
  for (const password of ['sentinel', null]) {
    await expect(put(registry.address, password)).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
      message: expect.not.stringContaining('sentinel'),
      next: expect.stringContaining('image.credentials'),
    });
  }
});

test('one that is away, and one that is ill, are named', async () => {
  const registry = await open({});
  await registry.stop();
  await expect(put(registry.address)).rejects.toMatchObject({
    code: 'REGISTRY_UNAVAILABLE',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  const ill = createServer((_, response) => response.writeHead(503).end()).listen(0, '127.0.0.1');
  await once(ill, 'listening');
  closing.push(async () => ill.close());
  const { port } = ill.address() as { port: number };
  await expect(put(`127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
});
