import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import { EdgeAdmin } from './admin/client.ts';
import { type ListenAddress, parseAddress } from './process/address.ts';
import { codeCache } from './process/code-cache.ts';
import { readLiveEdge, socketPathOf } from './process/edge-file.ts';
import { exitCodes } from './process/exit-codes.ts';
import { startTimeOf } from './process/identity.ts';
import { edgeVersion } from './process/version.ts';

export { socketPathOf };

export interface EdgeProcess {
  pid: number;
  /** From the kernel: a reused pid is not mistaken for the edge. */
  startTime: string;
  dir: string;
  /** For `EdgeAdmin`. */
  socketPath: string;
  /** Addresses that are really bound. */
  listen: string[];
  listenTls: string[];
  /** It ran already. */
  adopted: boolean;
}

export interface EdgeOptions {
  dir: string;
  /** `host:port`; loopback unless the operator says otherwise. */
  listen: string[];
  /** Where it ends TLS; nowhere by default. */
  listenTls?: string[];
  /** The Node to run it with; this process's own by default. */
  node?: string;
  /** Added to the minimal environment. */
  env?: Record<string, string>;
  /** Where node keeps the edge's compiled code; `<dir>/code-cache` by default. */
  codeCacheDir?: string;
  /** How long it may take to become ready, in milliseconds. */
  timeoutMs?: number;
}

/** What requests leave behind is short-lived: a small young generation holds it as well, and 40 MB less. */
const nodeFlags = ['--max-semi-space-size=2'];
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const POLL_MS = 20;
/** Linux allows 108 bytes with the final zero, macOS 104. */
const MAX_SOCKET_PATH = 103;

/**
 * Starts the edge of a directory detached from this process, or adopts the one that runs there.
 * Errors: `PORT_IN_USE`, `EDGE_UNAVAILABLE` (did not become ready; see `edge.log`), `HOME_UNREACHABLE`.
 */
export async function ensureEdge(options: EdgeOptions): Promise<EdgeProcess> {
  if (Buffer.byteLength(socketPathOf(options.dir)) > MAX_SOCKET_PATH) {
    const next = 'Set KOVA_HOME to a shorter path.';
    throw new KovaError('HOME_UNREACHABLE', `${socketPathOf(options.dir)} is too long for a socket.`, { next });
  }
  const deadline = Date.now() + (options.timeoutMs ?? 15_000);
  const running = await findEdge(options.dir, deadline);
  if (running) return running;
  const child = await start(options);
  try {
    const edge = await awaitReady(options, child, deadline);
    return { ...edge, adopted: edge.pid !== child.pid };
  } catch (error) {
    await end(child);
    throw error;
  }
}

async function awaitReady(options: EdgeOptions, child: ChildProcess, deadline: number): Promise<EdgeProcess> {
  while (Date.now() < deadline) {
    const exited = child.exitCode !== null || child.signalCode !== null;
    const edge = await findEdge(options.dir);
    if (edge) {
      // Another launcher was first. Ours must not come up later, when that edge has been stopped.
      if (edge.pid !== child.pid) await end(child);
      return edge;
    }
    if (exited && child.exitCode !== exitCodes.alreadyRunning) throw await startFailure(options, child.exitCode);
    await sleep(POLL_MS);
  }
  throw new KovaError('EDGE_UNAVAILABLE', `The edge did not become ready; see ${logPath(options.dir)}.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** The edge that runs in a directory and answers, or null. One that is just starting is awaited until `deadline`. */
export async function findEdge(dir: string, deadline = 0): Promise<EdgeProcess | null> {
  for (;;) {
    const edge = await readLiveEdge(dir);
    if (!edge) return null;
    const socketPath = socketPathOf(dir);
    if (await answers(socketPath, edge.pid)) return { ...edge, dir, socketPath, adopted: true };
    if (Date.now() >= deadline) return null;
    await sleep(POLL_MS);
  }
}

/** Stops the edge of a directory; what is open gets `drainMs` to end. False when none runs. */
export async function stopEdge(dir: string, options: { drainMs?: number } = {}): Promise<{ stopped: boolean }> {
  const edge = await readLiveEdge(dir);
  if (!edge) return { stopped: false };
  const drainMs = options.drainMs ?? 10_000;
  await new EdgeAdmin(socketPathOf(dir), { timeoutMs: 3_000 }).stop(drainMs).catch((error: unknown) => {
    if (!hasCode(error, 'EDGE_UNAVAILABLE')) throw error;
    signal(edge.pid, 'SIGTERM');
  });
  const deadline = Date.now() + drainMs + 2_000;
  while (startTimeOf(edge.pid) === edge.startTime) {
    if (Date.now() > deadline) signal(edge.pid, 'SIGKILL');
    await sleep(POLL_MS);
  }
  return { stopped: true };
}

async function start(options: EdgeOptions): Promise<ChildProcess> {
  const { dir, listen, listenTls = [] } = options;
  for (const address of [...listen, ...listenTls]) parseAddress(address);
  const plainArgs = listen.flatMap((address) => ['--listen', address]);
  const tlsArgs = listenTls.flatMap((address) => ['--listen-tls', address]);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await chmod(dir, 0o700);
  const node = options.node ?? process.execPath;
  const env = { ...minimalEnvironment(), ...options.env };
  const cache = await codeCache({
    dir: options.codeCacheDir ?? join(dir, 'code-cache'),
    version: edgeVersion,
    node,
    argv: [...nodeFlags, main, '--load-only'],
    env,
  });
  const log = openSync(logPath(dir), 'a', 0o600);
  try {
    const child = spawn(node, [...nodeFlags, main, '--dir', dir, ...plainArgs, ...tlsArgs], {
      ...{ detached: true, stdio: ['ignore', log, log], cwd: dir },
      env: { ...env, ...cache },
    });
    await once(child, 'spawn');
    child.unref();
    return child;
  } catch (cause) {
    throw new KovaError('EDGE_UNAVAILABLE', 'The edge cannot be started.', { cause });
  } finally {
    closeSync(log);
  }
}

async function answers(socketPath: string, pid: number): Promise<boolean> {
  try {
    return (await new EdgeAdmin(socketPath, { timeoutMs: 2_000 }).status()).pid === pid;
  } catch (error) {
    if (hasCode(error, 'EDGE_UNAVAILABLE')) return false;
    throw error;
  }
}

async function startFailure({ dir, listen, listenTls = [] }: EdgeOptions, exitCode: number | null): Promise<KovaError> {
  if (exitCode !== exitCodes.portInUse) {
    return new KovaError('EDGE_UNAVAILABLE', `The edge ended while starting; see ${logPath(dir)}.`);
  }
  const taken = [];
  const asked = [...listen, ...listenTls];
  for (const address of asked) if (!(await isFree(parseAddress(address)))) taken.push(address);
  return new KovaError('PORT_IN_USE', `Something else listens on ${(taken.length ? taken : asked).join(', ')}.`);
}

async function isFree(address: ListenAddress): Promise<boolean> {
  const probe = createServer().listen(address);
  try {
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}

function minimalEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR'] as const;
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}

function logPath(dir: string): string {
  return join(dir, 'edge.log');
}
