import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isElsewhere, pidNamespace } from './elsewhere.ts';
import { startTimeOf } from './identity.ts';

/** Another process holds the lock. */
export class AlreadyRunning extends Error {}

/**
 * Makes this process the only one with this lock, for as long as it lives: the file names its owner by pid and start
 * time, so that nobody has to remove it after a crash. One that was taken in another container is taken over: whether its
 * owner lives cannot be seen from here, and the ports that it listens on keep a second one out. @throws AlreadyRunning
 */
export async function takeLock(lock: string): Promise<void> {
  const mine = `${lock}.${process.pid}`;
  try {
    await writeFile(mine, [process.pid, startTimeOf(process.pid), pidNamespace()].join(' '), { mode: 0o600 });
    // A link appears whole or not at all, and to one process only.
    while (!(await linkNew(mine, lock))) await breakStale(lock);
  } finally {
    await rm(mine, { force: true });
  }
}

async function linkNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a lock aside and looks at it there; one that turns out to be alive goes back. */
async function breakStale(lock: string): Promise<void> {
  if (await isAlive(lock)) throw new AlreadyRunning();
  const aside = `${lock}.${process.pid}.stale`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (await isAlive(aside)) await linkNew(aside, lock);
  await rm(aside, { force: true });
}

async function isAlive(lock: string): Promise<boolean> {
  try {
    const [pid, startTime, namespace] = (await readFile(lock, 'utf8')).split(' ');
    if (isElsewhere({ pidNamespace: namespace })) return false;
    return startTimeOf(Number(pid)) === startTime;
  } catch {
    return false;
  }
}
