import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EdgeAdmin } from '@kova/edge/admin-client';
import { ensureEdge, stopEdge } from '@kova/edge/launch';
import { freePort } from '../../e2e/testing/free-port.ts';

/** A front with one upstream at a time, behind the same interface as its peers. */
export interface Front {
  name: string;
  port: number;
  /** Its process; workers are children of it. */
  pid: number;
  /** Sends all requests to this upstream from now on. */
  switchTo(port: number, release: string): Promise<void>;
  /** Waits until nothing is in flight on what was left, where the proxy can tell; the others get a moment. */
  drained(release: string): Promise<void>;
  stop(): Promise<void>;
}

export function isInstalled(program: string): boolean {
  return spawnSync('which', [program]).status === 0;
}

export interface Upstream {
  port: number;
  stop: () => Promise<void>;
}

/** An app that answers with its name. */
export function startUpstream(name: string): Promise<Upstream> {
  return start((port) => spawnNode('upstream.mjs', [String(port), name]));
}

/** An upstream that costs as little as it can, on a core that no front uses. */
export function startLightUpstream(core: number): Promise<Upstream> {
  return start((port) => {
    const child = spawnNode('upstream-light.mjs', [String(port)]);
    pin(child.pid as number, core);
    return child;
  });
}

async function start(run: (port: number) => ChildProcess): Promise<Upstream> {
  const port = await freePort();
  const child = run(port);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return { port, stop: () => ended(child) };
}

function spawnNode(script: string, args: string[]): ChildProcess {
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
  return spawn(process.execPath, [join(import.meta.dirname, script), ...args], { stdio });
}

/** All threads of a process, those to come too. */
function pin(pid: number, core: number): void {
  spawnSync('taskset', ['-acp', String(core), String(pid)]);
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}

const peerGraceMs = 300;

export async function kovaEdge(upstream: number): Promise<Front> {
  const dir = mkdtempSync(join(tmpdir(), 'kova-bench-edge-'));
  const port = await freePort();
  const edge = await ensureEdge({ dir, listen: [`127.0.0.1:${port}`] });
  pin(edge.pid, 0);
  const admin = new EdgeAdmin(edge.socketPath);
  let version = 0;
  let colour = 'green';
  const switchTo = async (to: number, release: string) => {
    version += 1;
    colour = colour === 'blue' ? 'green' : 'blue';
    await admin.putRoute({
      ...{ id: 'bench/production', hosts: ['*'], version, sticky: true, assets: null, idleTokenHash: null },
      slots: [
        {
          id: `bench/production/${colour}`,
          release,
          weight: 100,
          instances: [{ id: release, host: '127.0.0.1', port: to }],
        },
      ],
      health: { path: '/', intervalMs: 2000, timeoutMs: 1000, unhealthyAfter: 3, healthyAfter: 1 },
      limits: { bodyBytes: 1_000_000, responseTimeoutMs: 30_000 },
    });
  };
  await switchTo(upstream, 'first');
  const left = () => `bench/production/${colour === 'blue' ? 'green' : 'blue'}`;
  return {
    name: 'edge',
    port,
    pid: edge.pid,
    switchTo,
    drained: async () => void (await admin.awaitDrained(left(), 10_000)),
    stop: async () => void (await stopEdge(dir, { drainMs: 100 })),
  };
}

export async function nginx(upstream: number): Promise<Front> {
  const dir = mkdtempSync(join(tmpdir(), 'kova-bench-nginx-'));
  const port = await freePort();
  const file = join(dir, 'nginx.conf');
  const write = (to: number) =>
    writeFileSync(
      file,
      `daemon off; pid ${dir}/nginx.pid; error_log ${dir}/error.log; worker_processes 1; worker_cpu_affinity 01;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000;
  upstream app { server 127.0.0.1:${to}; keepalive 64; keepalive_requests 1000000; }
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; } } }`,
    );
  write(upstream);
  const child = spawn('nginx', ['-c', file, '-p', dir], { stdio: 'ignore' });
  await delay(500);
  const switchTo = async (to: number) => {
    write(to);
    child.kill('SIGHUP');
  };
  return {
    name: 'nginx',
    port,
    pid: child.pid as number,
    switchTo,
    drained: () => delay(peerGraceMs),
    stop: () => ended(child),
  };
}

export async function caddy(upstream: number): Promise<Front> {
  const [port, admin] = [await freePort(), await freePort()];
  const config = (to: number) => ({
    admin: { listen: `127.0.0.1:${admin}` },
    logging: { logs: { default: { level: 'ERROR' } } },
    apps: {
      http: {
        servers: {
          s: {
            listen: [`127.0.0.1:${port}`],
            automatic_https: { disable: true },
            routes: [{ handle: [{ handler: 'reverse_proxy', upstreams: [{ dial: `127.0.0.1:${to}` }] }] }],
          },
        },
      },
    },
  });
  const file = join(mkdtempSync(join(tmpdir(), 'kova-bench-caddy-')), 'caddy.json');
  writeFileSync(file, JSON.stringify(config(upstream)));
  const child = spawn('taskset', ['-c', '0', 'caddy', 'run', '--config', file], {
    stdio: 'ignore',
    env: { ...process.env, GOMAXPROCS: '1' },
  });
  await delay(1000);
  const switchTo = async (to: number) => {
    const body = JSON.stringify(config(to));
    await fetch(`http://127.0.0.1:${admin}/load`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  };
  return {
    name: 'caddy',
    port,
    pid: child.pid as number,
    switchTo,
    drained: () => delay(peerGraceMs),
    stop: () => ended(child),
  };
}
