import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** What tells the processes of one piece of work apart from all others, whatever group or parent they have. */
export interface Mark {
  /** `NAME=value`, in the environment that they were started with. */
  variable?: string;
  /** Or a directory which they work in; a process with a terminal is a person's who looks around there. */
  directory?: string;
  /**
   * The user they run as; others' processes are none of them. With the group that only they have it is the one mark
   * that a process cannot shed.
   */
  ids?: { uid: number; gid: number };
}

const patienceMs = 30_000;
const pollMs = 20;

/**
 * Kills every process that carries the mark: those that left the group of the command that started them, too.
 * Needs /proc; elsewhere nothing is found. Returns how many there were when none is left; gives up after 30 s.
 */
export async function killStrays(mark: Mark): Promise<number> {
  const killed = new Set<number>();
  for (const until = performance.now() + patienceMs; performance.now() < until; await sleep(pollMs)) {
    const found = await stopMarked(mark, until);
    if (found.size === 0) break;
    for (const pid of found) {
      killed.add(pid);
      kill(pid, 'SIGKILL');
    }
  }
  return killed.size;
}

/** Stops them all before any ends: what forks for ever would fill each place that becomes free. */
async function stopMarked(mark: Mark, until: number): Promise<Set<number>> {
  const stopped = new Set<number>();
  for (;;) {
    const more = (await findMarked(mark)).filter((pid) => !stopped.has(pid));
    if (more.length === 0 || performance.now() > until) return stopped;
    for (const pid of more) {
      stopped.add(pid);
      kill(pid, 'SIGSTOP');
    }
  }
}

/** The running processes that carry the mark; those that have ended and wait to be reaped are none. */
export async function findMarked(mark: Mark): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const marked = await Promise.all(pids.map(async (pid) => pid !== process.pid && (await isMarked(pid, mark))));
  return pids.filter((_, index) => marked[index]);
}

async function isMarked(pid: number, { variable, directory, ids }: Mark): Promise<boolean> {
  if (ids) {
    const { uid, gid, ended } = idsOf(pid);
    if (uid !== String(ids.uid) || ended) return false;
    if (gid === String(ids.gid)) return true;
  }
  if (variable && startedWith(pid).includes(variable)) return true;
  if (!directory) return false;
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
  return (cwd === directory || cwd.startsWith(`${directory}/`)) && !(await hasTerminal(pid));
}

function startedWith(pid: number): string[] {
  return told(`/proc/${pid}/environ`).split('\0');
}

function idsOf(pid: number): { uid: string | undefined; gid: string | undefined; ended: boolean } {
  const status = told(`/proc/${pid}/status`);
  const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1];
  return { uid: field('Uid'), gid: field('Gid'), ended: field('State') === 'Z' };
}

/** The kernel answers at once, and all processes are asked at each end of a job: a fifth of the work of asking it aside. */
function told(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function hasTerminal(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [, , , , terminal = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return terminal !== '0';
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}
