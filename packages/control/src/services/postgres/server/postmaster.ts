import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KovaError } from '@kova/core/errors/kova-error';

/** What a running server says of itself in `postmaster.pid`. */
export interface Postmaster {
  pid: number;
  port: number;
  socketDirectory: string;
}

/** A fast shutdown ends the connections and writes a checkpoint. */
const stopPatienceMs = 60_000;
const orphanPatienceMs = 5000;
const pollMs = 20;

/** Null when the file is missing or not yet complete. It may be left over: see `isServing`. */
async function readPostmaster(data: string): Promise<Postmaster | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, , , port, socketDirectory] = text.split('\n');
  if (!pid || !port || !socketDirectory) return null;
  return { pid: Number(pid), port: Number(port), socketDirectory };
}

/**
 * Whether the process works in this data directory. Where the system does not tell, whether there is such a process.
 */
async function isServing({ pid }: Postmaster, data: string): Promise<boolean> {
  if (process.platform === 'linux') return (await workingIn(pid)) === (await realpath(data));
  return isAlive(pid);
}

/** The server that works in this data directory; null when none does. It may not take connections yet. */
export async function runningIn(data: string): Promise<Postmaster | null> {
  const postmaster = await readPostmaster(data);
  return postmaster && (await isServing(postmaster, data)) ? postmaster : null;
}

/**
 * Ends the connections and stops the server of a data directory; nothing works on it when this returns. Idempotent.
 * @throws KovaError POSTGRES_FAILED when it goes on for a minute
 */
export async function stopServer(data: string, patienceMs = stopPatienceMs): Promise<void> {
  const until = performance.now() + patienceMs;
  for (let told = 0; ; await sleep(pollMs)) {
    const server = await runningIn(data);
    if (server === null) break;
    if (server.pid !== told) kill(server.pid, 'SIGINT');
    told = server.pid;
    if (performance.now() < until) continue;
    throw new KovaError('POSTGRES_FAILED', `PostgreSQL in ${data} (process ${server.pid}) does not stop`);
  }
  await endOrphans(data);
}

/**
 * Makes way for a start after a server that was killed: waits for its orphaned processes to end, ends them if they do
 * not, and removes lock files whose number now belongs to another process, or to one that has ended and is not reaped;
 * PostgreSQL would take either for its own. Elsewhere than on Linux PostgreSQL is left to judge by itself.
 */
export async function clearLeftovers(data: string, socketDirectory: string): Promise<void> {
  if (process.platform !== 'linux') return;
  await endOrphans(data);
  const sockets = (await readdir(socketDirectory)).filter((name) => name.endsWith('.lock'));
  const locks = [join(data, 'postmaster.pid'), ...sockets.map((name) => join(socketDirectory, name))];
  for (const lock of locks) await removeStale(lock, data);
}

async function removeStale(lock: string, data: string): Promise<void> {
  const text = await readFile(lock, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (pid > 0 && isAlive(pid) && (await workingIn(pid)) !== (await realpath(data))) await rm(lock, { force: true });
}

/**
 * Returns when no process of a killed server is left. They end by themselves, save for one that is busy with a long
 * statement: it is given five seconds. Does nothing to a server that has its postmaster, and elsewhere than on Linux.
 */
export async function endOrphans(data: string): Promise<void> {
  const startedAt = performance.now();
  for (let waited = 0; waited < 2 * orphanPatienceMs; waited = performance.now() - startedAt) {
    const orphans = await serversIn(data);
    const postmaster = await readPostmaster(data);
    if (orphans.length === 0 || orphans.some((pid) => pid === postmaster?.pid)) return;
    if (waited > orphanPatienceMs) for (const pid of orphans) kill(pid, 'SIGKILL');
    await sleep(pollMs);
  }
}

async function serversIn(data: string): Promise<number[]> {
  const directory = await realpath(data).catch(() => null);
  if (directory === null || process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const here = await Promise.all(
    pids.map(async (pid) => {
      if ((await workingIn(pid)) !== directory) return false;
      return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).startsWith('postgres');
    }),
  );
  return pids.filter((_, index) => here[index]);
}

/** The directory that a process works in; null when that is none of a server. */
async function workingIn(pid: number): Promise<string | null> {
  return readlink(`/proc/${pid}/cwd`).catch((error: NodeJS.ErrnoException) => {
    // In a container even root sees only what its own processes do, but all that they were told.
    return error.code === 'EACCES' ? toldToWorkIn(pid) : null;
  });
}

/** What `pg_ctl` gave a postmaster as its data directory. */
async function toldToWorkIn(pid: number): Promise<string | null> {
  const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  const at = argv.indexOf('-D');
  if (at === -1 || !basename(argv[0] ?? '').startsWith('postgres')) return null;
  return realpath(argv[at + 1] ?? '').catch(() => null);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
