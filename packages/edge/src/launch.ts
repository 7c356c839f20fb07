import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, KovaError } from '@kova/core/errors/kova-error';
import { EdgeAdmin } from './admin/client.ts';
import { type ListenAddress, parseAddress } from './process/address.ts';
import { readLiveEdge, socketPathOf } from './process/edge-file.ts';
import { isElsewhere } from './process/elsewhere.ts';
import { exitCodes } from './process/exit-codes.ts';

import { type EdgeProgramOptions, edgeProgram } from './program.ts';

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

export interface EdgeOptions extends EdgeProgramOptions {
  /** How long it may take to become ready, in milliseconds. */
  timeoutMs?: number;
}

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

/** The edge of a directory which somebody else keeps. @throws KovaError EDGE_UNAVAILABLE when it is not there in time */
export async function awaitEdge(dir: string, timeoutMs = 15_000): Promise<EdgeProcess> {
  for (const until = Date.now() + timeoutMs; Date.now() < until; await sleep(POLL_MS)) {
    const edge = await findEdge(dir, until);
    if (edge) return edge;
  }
  throw new KovaError('EDGE_UNAVAILABLE', `no edge runs in ${dir}`, {
    next: 'Start it where it is kept; its routes are on disk, and traffic flows when it is back.',
  });
}

/** Stops the edge of a directory; what is open gets `drainMs` to end. False when none runs. */
export async function stopEdge(dir: string, options: { drainMs?: number } = {}): Promise<{ stopped: boolean }> {
  const edge = await readLiveEdge(dir);
  if (!edge) return { stopped: false };
  const drainMs = options.drainMs ?? 10_000;
  await new EdgeAdmin(socketPathOf(dir), { timeoutMs: 3_000 }).stop(drainMs).catch((error: unknown) => {
    if (!hasCode(error, 'EDGE_UNAVAILABLE')) throw error;
    if (!isElsewhere(edge)) signal(edge.pid, 'SIGTERM');
  });
  const deadline = Date.now() + drainMs + 2_000;
  while ((await readLiveEdge(dir))?.startTime === edge.startTime) {
    // The pid of another container is somebody else's here.
    if (Date.now() > deadline && isElsewhere(edge)) return { stopped: false };
    if (Date.now() > deadline) signal(edge.pid, 'SIGKILL');
    await sleep(POLL_MS);
  }
  return { stopped: true };
}

async function start(options: EdgeOptions): Promise<ChildProcess> {
  const { dir } = options;
  const { node, argv, env } = await edgeProgram(options);
  const log = openSync(logPath(dir), 'a', 0o600);
  try {
    const child = spawn(node, argv, { detached: true, stdio: ['ignore', log, log], cwd: dir, env });
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
