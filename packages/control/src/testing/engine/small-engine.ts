import { execFileSync } from 'node:child_process';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ImageRecipe, nodeBase } from './base-image.ts';
import { makeDaemon } from './daemon.ts';
import { removeDaemon } from './remove.ts';
import { startEngine, type TestEngine } from './start.ts';

export interface SmallEngine extends TestEngine {
  /** Leaves no room where the engine keeps its images and containers. */
  fill(): Promise<void>;
  /** Gives back what `fill` took. */
  free(): Promise<void>;
}

/** An engine which keeps all in a file system of its own, of so many MiB; needs root. Call `close` at the end. */
export async function openSmallEngine(
  mebibytes: number,
  images: readonly ImageRecipe[] = [nodeBase],
): Promise<SmallEngine> {
  const daemon = await makeDaemon();
  const data = join(daemon.directory, 'data');
  const ballast = join(data, 'ballast');
  await mkdir(data);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', data]);
  const engine = await startEngine(daemon, images, async () => {
    await daemon.stop();
    execFileSync('umount', ['-R', data]);
    await removeDaemon(daemon.directory);
  });
  return { ...engine, fill: () => fill(ballast), free: () => rm(ballast) };
}

async function fill(ballast: string): Promise<void> {
  const { bavail, bsize } = await statfs(join(ballast, '..'));
  await writeFile(ballast, Buffer.alloc(bavail * bsize));
}
