import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isThere } from '../../commands/is-there.ts';
import type { Daemon } from './daemon.ts';

const run = promisify(execFile);

/** Where an engine keeps layers, which are never written to again, and what it knows of them. */
const layers = 'overlay2';
const knowledge = 'image';

/**
 * Gives a daemon that was not started yet what was kept under this name in the run; false when there is none. The
 * layers are links to the same files: to import them anew takes seconds and their size each time.
 */
export async function giveImages({ directory }: Daemon, name: string): Promise<boolean> {
  const kept = placeOf(name);
  if (kept === null || !(await isThere(kept))) return false;
  await copyImages(kept, join(directory, 'data'));
  return true;
}

/** Gives it the layers alone: it pulls its images as others do, but need not fetch and unpack what they are made of. */
export async function giveLayers(daemon: Daemon, name: string): Promise<void> {
  await giveImages(daemon, name);
  await rm(join(daemon.directory, 'data', knowledge, layers, 'repositories.json'), { force: true });
}

/** Keeps the images of an engine that has just got them and runs nothing; it is stopped meanwhile. */
export async function keepImages(daemon: Daemon, name: string): Promise<void> {
  if (placeOf(name) === null) return;
  // An engine mounts its directory anew, and files cannot be linked from one mount to another.
  await daemon.stop();
  await keepSeen(daemon, name);
  await daemon.start();
}

/** The same for one that has mounts of its own, so that it need not be stopped. When another was faster, theirs are kept. */
export async function keepSeen({ directory }: Daemon, name: string): Promise<void> {
  const data = join(directory, 'data');
  const kept = placeOf(name);
  if (kept === null || !(await isThere(join(data, layers)))) return;
  if (await isThere(kept)) return;
  await mkdir(join(kept, '..'), { recursive: true, mode: 0o711 });
  const draft = await mkdtemp(`${kept}.draft-`);
  try {
    await copyImages(data, draft);
    await rename(draft, kept);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!(await isThere(kept))) throw error;
  }
}

async function copyImages(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o711 });
  await run('cp', ['--archive', '--link', join(from, layers), to]);
  await run('cp', ['--archive', join(from, knowledge), to]);
}

/** Null without Vitest's globalSetup, which removes it at the end. */
function placeOf(name: string): string | null {
  const shared = process.env.KOVA_TEST_SHARED;
  return shared ? join(shared, 'images', createHash('sha256').update(name).digest('hex').slice(0, 16)) : null;
}
