import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a group of processes may take together. */
export interface CgroupLimits {
  /** Processes and threads. */
  pids: number;
  /** Bytes; null for as many as there are. */
  memory: number | null;
}

/** A group of processes that the kernel keeps within its limits (cgroups(7)). */
export interface Cgroup {
  /** Who writes 0 into each of these files belongs to the group, with all that it starts. */
  doors: readonly string[];
  /** How often the kernel has ended a process of it for its memory. */
  killedForMemory(): Promise<number>;
  /** How often it was refused a process or thread more. */
  refusedProcesses(): Promise<number>;
  /** Removes it, when nothing of it runs any more. */
  remove(): Promise<void>;
}

type Controller = 'pids' | 'memory' | 'cpu';
/** The directory below which each controller has its groups; in version 2 it is one for all. */
type Places = Record<Controller, string>;

const mount = '/sys/fs/cgroup';
const controllers = ['pids', 'memory', 'cpu'] as const;
/** In version 1 and 2: half of what is usual, so that a thousand processes weigh no more than half a one. */
const files = {
  v1: {
    memory: 'memory.limit_in_bytes',
    weight: ['cpu.shares', '512'],
    killed: 'memory.oom_control',
  },
  v2: { memory: 'memory.max', weight: ['cpu.weight', '50'], killed: 'memory.events' },
} as const;

interface Hierarchy {
  version: 'v1' | 'v2';
  places: Places;
}

let found: Promise<Hierarchy | null> | undefined;

/** A new group; null where Kova may not make one, as without root or in most containers. */
export async function openCgroup(name: string, limits: CgroupLimits): Promise<Cgroup | null> {
  const there = await hierarchy();
  if (there === null) return null;
  const { places, version } = there;
  const at = (controller: Controller, file = '') => join(places[controller], name, file);
  const directories = [...new Set(controllers.map((controller) => at(controller)))];
  const names = files[version];
  const remove = async () => {
    for (const directory of directories) await removeGroup(directory);
  };
  try {
    for (const directory of directories) await mkdir(directory);
    await writeFile(at('pids', 'pids.max'), String(limits.pids));
    await writeFile(at('cpu', names.weight[0]), names.weight[1]);
    if (limits.memory !== null) {
      await writeFile(at('memory', names.memory), String(limits.memory));
      // Where there is swap, a job that outgrows its memory would slow the machine down instead of ending.
      if (version === 'v2') await writeFile(at('memory', 'memory.swap.max'), '0').catch(() => undefined);
    }
  } catch {
    await remove();
    return null;
  }
  return {
    doors: directories.map((directory) => join(directory, 'cgroup.procs')),
    killedForMemory: () => count(at('memory', names.killed), 'oom_kill'),
    refusedProcesses: () => count(at('pids', 'pids.events'), 'max'),
    remove,
  };
}

/** Removes the group of that name which a control plane that died has left behind, if there is one. */
export async function removeCgroup(name: string): Promise<void> {
  const there = await hierarchy();
  for (const place of new Set(Object.values(there?.places ?? {}))) await removeGroup(join(place, name));
}

function hierarchy(): Promise<Hierarchy | null> {
  found ??= findVersion2().then((two) => two ?? findVersion1());
  return found;
}

/** At the top, as container engines do it: only there may a group hold processes and groups alike. */
async function findVersion2(): Promise<Hierarchy | null> {
  const there = await readFile(join(mount, 'cgroup.controllers'), 'utf8').catch(() => '');
  if (!controllers.every((name) => there.split(/\s/).includes(name))) return null;
  const place = join(mount, 'kova-jobs');
  try {
    await mkdir(place, { recursive: true });
    for (const directory of [mount, place]) {
      await writeFile(join(directory, 'cgroup.subtree_control'), controllers.map((name) => `+${name}`).join(' '));
    }
    return { version: 'v2', places: { pids: place, memory: place, cpu: place } };
  } catch {
    return null;
  }
}

/** Below Kova's own groups. */
async function findVersion1(): Promise<Hierarchy | null> {
  const own = await readFile('/proc/self/cgroup', 'utf8').catch(() => '');
  try {
    const places = controllers.map(async (controller) => {
      const path = own.split('\n').find((line) => line.split(':')[1]?.split(',').includes(controller));
      if (path === undefined) throw new Error(`no ${controller}`);
      const place = join(mount, controller, path.split(':').slice(2).join(':'), 'kova-jobs');
      await mkdir(place, { recursive: true });
      return [controller, place] as const;
    });
    return { version: 'v1', places: Object.fromEntries(await Promise.all(places)) as Places };
  } catch {
    return null;
  }
}

async function count(file: string, name: string): Promise<number> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.split(' ')[1] ?? 0);
}

/** A process that has ended is in its group until it is reaped. */
async function removeGroup(directory: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const code = await rmdir(directory).then(
      () => null,
      (error: NodeJS.ErrnoException) => error.code,
    );
    if (code !== 'EBUSY') return;
    await sleep(20);
  }
}
