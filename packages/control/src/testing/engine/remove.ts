import { execFile } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { abandoned } from '../abandoned.ts';
import { daemonPrefix } from './daemon.ts';

const run = promisify(execFile);

/** Ends what still runs of a daemon and its containers, unmounts what is mounted below its directory and removes it. */
export async function removeDaemon(directory: string): Promise<void> {
  await endProcesses(directory);
  for (const point of await mountsBelow(directory)) await run('umount', ['--lazy', point]).catch(() => undefined);
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

/** What test runs that were killed have left behind. */
export async function removeAbandonedDaemons(): Promise<void> {
  for (const directory of await abandoned(daemonPrefix)) await removeDaemon(directory);
}

/**
 * Ends the daemon and all that runs in its containers, at once. The daemon, its containerd and the shims name the
 * directory in their arguments; what runs in a container is in a control group named after the container.
 */
export async function endProcesses(directory: string): Promise<void> {
  const containers = await readdir(join(directory, 'data', 'containers')).catch(() => []);
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const isEngine = /dockerd|containerd/.test(argv.split('\0', 1)[0] ?? '') && argv.includes(directory);
    if (isEngine || (await isOneOf(containers, pid))) kill(Number(pid));
  }
}

async function isOneOf(containers: readonly string[], pid: string): Promise<boolean> {
  if (containers.length === 0) return false;
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  return containers.some((id) => groups.includes(id));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

async function mountsBelow(directory: string): Promise<string[]> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  const points = mounts.split('\n').map((line) => line.split(' ')[1] ?? '');
  return points.filter((point) => point.startsWith(`${directory}/`)).reverse();
}
