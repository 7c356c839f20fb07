import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hasCode } from '@kova/core/errors/kova-error';
import { afterEach, expect, test } from 'vitest';
import { ensureEdge, findEdge, stopEdge } from './launch.ts';
import {
  cleanUp,
  eventually,
  onCleanUp,
  routeOf,
  slotOf,
  startApp,
  startTestEdge,
  type TestEdge,
  temporaryDirectory,
} from './testing/harness.ts';
import { ask } from './testing/http.ts';

afterEach(cleanUp);

async function killEdge({ process: { pid }, dir }: TestEdge): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await eventually(() => findEdge(dir)).toBeNull();
}

test('an edge that runs is adopted, also by two launchers at once; its files are private', async () => {
  const dir = await temporaryDirectory();
  const { process: first } = await startTestEdge(dir);
  expect(first.adopted).toBe(false);
  const again = await Promise.all([1, 2].map(() => ensureEdge({ dir, listen: ['127.0.0.1:0'] })));
  for (const edge of again) expect(edge).toEqual({ ...first, adopted: true });
  expect((await stat(dir)).mode & 0o777).toBe(0o700);
  for (const file of ['control.sock', 'edge.json', 'edge.log']) {
    expect((await stat(join(dir, file))).mode & 0o077).toBe(0);
  }
});

test.each(['the same', 'different'])('launchers that start at once on %s ports leave one edge', async (ports) => {
  const dir = await temporaryDirectory();
  const same = [`127.0.0.1:${await freePort()}`];
  const launch = () => ensureEdge({ dir, listen: ports === 'the same' ? same : ['127.0.0.1:0'], timeoutMs: 60_000 });
  const edges = await Promise.all([launch(), launch(), launch(), launch()]);
  onCleanUp(() => stopEdge(dir, { drainMs: 0 }));
  expect(new Set(edges.map(({ pid }) => pid)).size).toBe(1);
  expect(edges.filter(({ adopted }) => !adopted).length).toBeLessThanOrEqual(1);
  expect(await edgesIn(dir)).toEqual([edges[0]?.pid]);
  await stopEdge(dir, { drainMs: 0 });
  expect(await edgesIn(dir)).toEqual([]);
});

test('a second edge started by hand in a directory gives way', async () => {
  const { admin, dir, process: first } = await startTestEdge();
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const second = spawn(process.execPath, [main, '--dir', dir, '--listen', '127.0.0.1:0'], { stdio: 'ignore' });
  onCleanUp(async () => second.kill('SIGKILL'));
  // Without the lock it would not end, but answer on the control socket itself.
  await eventually(() => second.exitCode).toBe(97);
  expect((await admin.status()).pid).toBe(first.pid);
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Pids of all processes that were started as the edge of a directory. */
async function edgesIn(dir: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return command.includes('main.ts') && command.split('\0').includes(dir) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

test('a port in use is named', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = `127.0.0.1:${(taken.address() as AddressInfo).port}`;
  const dir = await temporaryDirectory();
  const error = await ensureEdge({ dir, listen: ['127.0.0.1:0', address] }).catch((thrown: unknown) => thrown);
  expect(hasCode(error, 'PORT_IN_USE')).toBe(true);
  expect(String(error)).toContain(address);
  expect(String(error)).not.toContain('127.0.0.1:0,');
  taken.close();
});

test('a reused pid and a stale socket are not mistaken for an edge', async () => {
  const edge = await startTestEdge();
  await killEdge(edge);
  const stranger = spawn('sleep', ['60']);
  await writeFile(
    join(edge.dir, 'edge.json'),
    JSON.stringify({ pid: stranger.pid, startTime: edge.process.startTime, listen: edge.process.listen }),
  );
  const next = await startTestEdge(edge.dir);
  expect(next.process.adopted).toBe(false);
  expect(stranger.exitCode).toBeNull();
  stranger.kill();
});

test('a stopped edge lets a request in flight finish', async () => {
  const [{ admin, port, dir }, app] = await Promise.all([startTestEdge(), startApp('rel_1')]);
  await admin.putRoute(routeOf(1, [slotOf('blue', 100, app)]));
  const slow = ask(port, '/slow?ms=400');
  await eventually(async () => (await admin.counters('shop/production'))[0]?.inFlight).toBe(1);
  const stopped = stopEdge(dir, { drainMs: 5_000 });
  expect((await slow).body).toBe('rel_1');
  expect(await stopped).toEqual({ stopped: true });
  await expect(ask(port)).rejects.toThrow('ECONNREFUSED');
  await expect(admin.status()).rejects.toMatchObject({ code: 'EDGE_UNAVAILABLE' });
  expect(await stopEdge(dir)).toEqual({ stopped: false });
});

// https://github.com/basecamp/kamal/issues/1552
test('kill -9 the edge in mid-write, many times: what was acknowledged is there after each restart', async () => {
  const app = await startApp('rel_1');
  let edge = await startTestEdge();
  const { dir } = edge;
  const hosts = Array.from({ length: 200 }, (_, index) => `h${index}.shop.test`);
  let version = 0;
  for (let round = 0; round < 12; round++) {
    let acknowledged = -1;
    const writing = (async () => {
      for (;;) {
        await edge.admin.putRoute(routeOf(++version, [slotOf('blue', 100, app)], { hosts }));
        acknowledged = version;
      }
    })().catch(() => {});
    await sleep(20 + Math.random() * 60);
    await killEdge(edge);
    await writing;
    edge = await startTestEdge(dir);
    const [route] = await edge.admin.routes();
    expect(route?.version ?? -1).toBeGreaterThanOrEqual(acknowledged);
    expect(route?.version ?? version).toBeLessThanOrEqual(version);
    expect(await readFile(join(dir, 'routes.json.bad')).catch(() => null)).toBeNull();
  }
  expect((await ask(edge.port, '/', { headers: { host: 'h7.shop.test' } })).body).toBe(`rel_1 ${app.pid}`);
});

test('an unreadable table is kept aside and said loudly', async () => {
  const dir = await temporaryDirectory();
  await writeFile(join(dir, 'routes.json'), '{"format":1,"routes":[{"id"');
  const { admin } = await startTestEdge(dir);
  expect(await admin.routes()).toEqual([]);
  expect(await readFile(join(dir, 'routes.json.bad'), 'utf8')).toContain('"id"');
  expect(await readFile(join(dir, 'edge.log'), 'utf8')).toContain('ROUTES LOST');
});
