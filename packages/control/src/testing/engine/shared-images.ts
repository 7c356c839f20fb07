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
 * Gives a daemon that was not started yet what `keepImages` has kept under this name in the run; false when there is
 * none. The layers are links to the same files: to import them anew takes seconds and their size each time.
 */
export async function giveImages({ directory }: Daemon, name: string): Promise<boolean> {
  const kept = placeOf(name);
  if (kept === null || !(await isThere(kept))) return false;
  await copyImages(kept, join(directory, 'data'));
  return true;
}

/**
 * Keeps the images of an engine that has just got them and runs nothing; it is stopped meanwhile. When another was
 * faster, theirs are kept.
 */
export async function keepImages(daemon: Daemon, name: string): Promise<void> {
  const data = join(daemon.directory, 'data');
  const kept = placeOf(name);
  if (kept === null || !(await isThere(join(data, layers)))) return;
  await daemon.stop();
  await keep(data, kept);
  await daemon.start();
}

async function keep(data: string, kept: string): Promise<void> {
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
