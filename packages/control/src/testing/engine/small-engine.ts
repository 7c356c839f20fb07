import { execFileSync } from 'node:child_process';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engineClient } from '../../engine/client.ts';
import type { TestEngine } from '../docker-engine.ts';
import { type ImageRecipe, importImage, nodeBase } from './base-image.ts';
import { makeDaemon } from './daemon.ts';
import { removeDaemon } from './remove.ts';

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
  const close = async () => {
    await daemon.stop();
    execFileSync('umount', ['-R', data]);
    await removeDaemon(daemon.directory);
  };
  try {
    await daemon.start();
    const host = `unix://${daemon.socketPath}`;
    const engine = engineClient({ DOCKER_HOST: host });
    for (const image of images) await importImage(engine, image);
    return { engine, daemon, host, close, fill: () => fill(ballast), free: () => rm(ballast) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function fill(ballast: string): Promise<void> {
  const { bavail, bsize } = await statfs(join(ballast, '..'));
  await writeFile(ballast, Buffer.alloc(bavail * bsize));
}
