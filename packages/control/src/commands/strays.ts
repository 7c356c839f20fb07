import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** What tells the processes of one piece of work apart from all others, whatever group or parent they have. */
export interface Mark {
  /** `NAME=value`, in the environment that they were started with. */
  variable: string;
  /** Or a directory which they work in. */
  directory: string;
  /** Or the user and group they run as, when no others have both: the one mark that a process cannot shed. */
  ids?: { uid: number; gid: number };
}

const patienceMs = 5000;
const pollMs = 20;

/**
 * Kills every process that carries the mark: those that left the group of the command that started them, too.
 * Needs /proc; elsewhere nothing is found. Returns how many there were when none is left; gives up after 5 s.
 */
export async function killStrays(mark: Mark): Promise<number> {
  const killed = new Set<number>();
  for (const until = performance.now() + patienceMs; performance.now() < until; await sleep(pollMs)) {
    const found = await findMarked(mark);
    if (found.length === 0) break;
    for (const pid of found) {
      killed.add(pid);
      kill(pid);
    }
  }
  return killed.size;
}

/** The running processes that carry the mark; those that have ended and wait to be reaped are none. */
export async function findMarked(mark: Mark): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const marked = await Promise.all(pids.map(async (pid) => pid !== process.pid && (await isMarked(pid, mark))));
  return pids.filter((_, index) => marked[index]);
}

async function isMarked(pid: number, { variable, directory, ids }: Mark): Promise<boolean> {
  if (ids && (await runsAs(pid, ids))) return true;
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
  if (cwd === directory || cwd.startsWith(`${directory}/`)) return true;
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environment.split('\0').includes(variable);
}

async function runsAs(pid: number, ids: { uid: number; gid: number }): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1];
  return field('State') !== 'Z' && field('Uid') === String(ids.uid) && field('Gid') === String(ids.gid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
