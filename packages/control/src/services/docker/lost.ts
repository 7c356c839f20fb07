import { readdir, readFile } from 'node:fs/promises';
import { KovaError } from '@kova/core/errors/kova-error';
import { engineStatus } from '../../engine/explain.ts';

/**
 * Whether the engine says that it cannot start a container ever again: it ended badly, and containerd still has a task
 * of that name which the engine has forgotten (moby: "task …: already exists").
 */
export function isLost(error: unknown): boolean {
  return engineStatus(error) !== null && /task [0-9a-f]+: already exists/.test((error as Error).message);
}

/**
 * Two servers must never work on one volume. @throws KovaError ENGINE_FAILED when processes of a lost container go on
 */
export async function refuseAlive(name: string, container: string): Promise<void> {
  const pids: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    if (groups.includes(container)) pids.push(pid);
  }
  if (pids.length === 0) return;
  throw new KovaError('ENGINE_FAILED', `the engine has lost the container ${name}, whose processes go on`, {
    next: `Restart the engine, or end them with \`kill ${pids.join(' ')}\`; Kova then makes it again on the same volume.`,
  });
}
