import { readdir, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { formatSize } from '@kova/core/config/size';
import type { Identity } from '../../home/unprivileged.ts';
import { isExecutable } from '../is-there.ts';
import { openCgroup } from './cgroup.ts';

/** What a piece of work may take of the machine, whatever it starts. */
export interface Confines {
  /** The argv that runs a command within, as `as`: the way in may need more rights than it has. */
  argvOf(argv: readonly string[], as: Identity | null): string[];
  /** Whether `argvOf` already changes to the user, so that whoever starts it must not. */
  changesUser: boolean;
  /** Which limit was met, in words; null when none was. */
  breach(): Promise<string | null>;
  /** What cannot be limited here; null when all can. */
  lack: string | null;
  /** To be called when nothing runs in it any more. */
  close(): Promise<void>;
}

/** Enough for a browser and a bundler with a worker for each processor; a fork bomb is held here. */
const maxPids = 1024 + 64 * availableParallelism();
/** Enters the groups named before `--` and becomes the command after it. */
const enter = 'while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done; shift; exec "$@"';
const setpriv = '/usr/bin/setpriv';
const prlimit = '/usr/bin/prlimit';

/**
 * Limits for one piece of work: a cgroup where Kova may make one, which holds for all its processes together; else
 * a limit of processes for the user, and none of memory: limits of address space keep Node from starting at all.
 */
export async function openConfines(name: string, memory: number | null, as: Identity | null): Promise<Confines> {
  const group = as === null || (await isExecutable(setpriv)) ? await openCgroup(name, { pids: maxPids, memory }) : null;
  if (group === null) return userLimits(memory, as);
  return {
    argvOf: (argv, who) => ['/bin/sh', '-c', enter, 'kova', ...group.doors, '--', ...asUser(who), ...argv],
    changesUser: true,
    lack: null,
    breach: async () => {
      if (memory !== null && (await group.killedForMemory()) > 0) {
        return `it was ended for taking more than the ${formatSize(memory)} of memory that it may have`;
      }
      if ((await group.refusedProcesses()) > 0) return `it was held at ${maxPids} processes and threads`;
      return null;
    },
    close: () => group.remove(),
  };
}

function asUser(who: Identity | null): string[] {
  if (who === null) return [];
  return [setpriv, `--reuid=${who.uid}`, `--regid=${who.gid}`, '--clear-groups', '--'];
}

async function userLimits(memory: number | null, as: Identity | null): Promise<Confines> {
  const common = { changesUser: false, breach: async () => null, close: async () => undefined };
  if (!(await isExecutable(prlimit))) {
    return {
      ...common,
      argvOf: (argv) => [...argv],
      lack: 'there is no prlimit: its memory and processes have no limit',
    };
  }
  const processes = maxPids + (await threadsOf(as?.uid ?? process.getuid?.() ?? 0));
  return {
    ...common,
    argvOf: (argv) => [prlimit, `--nproc=${processes}`, '--', ...argv],
    lack: memory === null ? null : 'there are no cgroups here, so that nothing holds the job to its `memory`',
  };
}

/** The limit counts all threads of the user, so that those which run already come on top. */
async function threadsOf(uid: number): Promise<number> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const threads = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
      return field('Uid') === uid ? field('Threads') : 0;
    }),
  );
  return threads.reduce((sum, each) => sum + each, 0);
}
