import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Route, RouteSlot } from '@kova/core/traffic/route';
import { expect, vi } from 'vitest';
import { EdgeAdmin } from '../admin/client.ts';
import { type EdgeProcess, ensureEdge, stopEdge } from '../launch.ts';

// Generous, so that a busy machine fails no test; nothing waits for them to pass.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

/** Polls until what is expected holds. */
export function eventually<T>(look: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(look, { timeout: 20_000 });
}

const cleanups: (() => Promise<unknown>)[] = [];

/** Ends everything the tests of a file have started; for `afterEach` or `afterAll`. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

/** Adds something to end. */
export function onCleanUp(cleanup: () => Promise<unknown>): void {
  cleanups.push(cleanup);
}

export interface TestApp {
  release: string;
  port: number;
  pid: number;
  /** Lines of its output after the first. */
  lines: string[];
  kill(signal: NodeJS.Signals): Promise<void>;
}

export async function startApp(release: string): Promise<TestApp> {
  const script = fileURLToPath(new URL('./app.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [script, release], { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [port] = (await once(output, 'line')) as [string];
  const lines: string[] = [];
  output.on('line', (line) => lines.push(line));
  const exited = once(child, 'exit');
  const kill = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await exited;
  };
  cleanups.push(() => kill('SIGKILL'));
  return { release, port: Number(port), pid: child.pid as number, lines, kill };
}

export interface TestEdge {
  process: EdgeProcess;
  admin: EdgeAdmin;
  port: number;
  /** 0 where it does not end TLS. */
  tlsPort: number;
  dir: string;
}

/** One for all edges of a run, filled; without Vitest's globalSetup each has its own. */
const shared = process.env.KOVA_TEST_SHARED;
const code = shared ? { codeCacheDir: join(shared, 'edge') } : {};

export async function startTestEdge(dir?: string, listenTls: string[] = []): Promise<TestEdge> {
  const home = dir ?? (await temporaryDirectory());
  const edge = await ensureEdge({ dir: home, listen: ['127.0.0.1:0'], listenTls, ...code, timeoutMs: 60_000 });
  cleanups.push(() => stopEdge(home, { drainMs: 0 }));
  const portOf = (address = ':0') => Number(address.split(':')[1]);
  const ports = { port: portOf(edge.listen[0]), tlsPort: portOf(edge.listenTls[0]) };
  return { process: edge, admin: new EdgeAdmin(edge.socketPath), ...ports, dir: home };
}

export async function temporaryDirectory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'kova-edge-'));
  cleanups.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

export function slotOf(name: 'blue' | 'green', weight: number, ...apps: TestApp[]): RouteSlot {
  const instances = apps.map(({ port, pid }) => ({ id: `${name}-${pid}`, host: '127.0.0.1', port }));
  return { id: `shop/production/${name}`, release: apps[0]?.release ?? 'rel_none', weight, instances };
}

export const routeId = 'shop/production';
export const host = 'shop.test';

export function routeOf(version: number, slots: RouteSlot[], changes: Partial<Route> = {}): Route {
  return {
    id: routeId,
    hosts: [host],
    version,
    slots,
    health: { path: '/healthz', intervalMs: 200, timeoutMs: 10_000, unhealthyAfter: 3, healthyAfter: 1 },
    assets: null,
    sticky: false,
    idleTokenHash: null,
    limits: { bodyBytes: 1_000_000, responseTimeoutMs: 60_000 },
    ...changes,
  };
}
