import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { commitVersion } from './testing/app.ts';
import { runKova } from './testing/command.ts';
import { freePort } from './testing/free-port.ts';
import { Load } from './testing/load.ts';
import { end, type Supervised, supervise } from './testing/supervised.ts';

const home = mkdtempSync(join(tmpdir(), 'kova-'));
const [api, edgePort] = [await freePort(), await freePort()];
const origin = `http://127.0.0.1:${edgePort}`;
const env = { ...process.env, KOVA_HOME: home, KOVA_PORT: String(api), KOVA_EDGE: 'external' };
let edge: Supervised;
let server: Supervised;

beforeAll(async () => {
  chmodSync(home, 0o711);
  edge = await supervise(['edge', '--listen', `127.0.0.1:${edgePort}`], 'listens on', env);
  server = await supervise(['server'], 'ready at', env);
  commitVersion(join(home, 'app'), { text: 'one' });
  expect(await runKova(['ship', '--dir', join(home, 'app')], env)).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await runKova(['down'], env);
  for (const { child } of [edge, server]) child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
});

test('a control plane that its supervisor ends and starts again, as an upgrade does, takes no request away', async () => {
  const load = new Load(origin, 'production.shop.localhost');
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await end(server, signal);
    server = await supervise(['server'], 'ready at', env);
  }
  commitVersion(join(home, 'app'), { text: 'two' });
  expect(await runKova(['ship', '--dir', join(home, 'app')], env)).toMatchObject({ code: 0 });
  const { dropped, releases } = await load.stop();
  expect(dropped).toEqual([]);
  expect(releases.size).toBe(2);
});

test('an edge that its supervisor keeps is missed, not replaced, and serves as before when it is back', async () => {
  await end(edge, 'SIGKILL');
  await vi.waitUntil(() => server.said().includes('no edge runs in'), { timeout: 30_000, interval: 50 });
  edge = await supervise(['edge', '--listen', `127.0.0.1:${edgePort}`], 'listens on', env);
  const answer = await request(origin, { headers: { host: 'production.shop.localhost' } });
  expect(answer.statusCode).toBe(200);
  expect(await answer.body.json()).toMatchObject({ text: 'two' });
});

test.each(['edge', 'server'])('a second %s of the home is refused and says who is there', async (name) => {
  const { code, err } = await runKova([name], env);
  expect(code).toBe(1);
  expect(err).toMatch(/ALREADY_RUNNING: process \d+ is the .* of/);
});
