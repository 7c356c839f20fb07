import type Docker from 'dockerode';
import { engineClient } from '../../engine/client.ts';
import { type ImageRecipe, importImage } from './base-image.ts';
import type { Daemon } from './daemon.ts';

export interface TestEngine {
  engine: Docker;
  daemon: Daemon;
  /** As `DOCKER_HOST` takes it. */
  host: string;
  /** Ends the daemon and all its containers and removes what it had. */
  close(): Promise<void>;
}

/** Starts the daemon and gives it the images; closes it when that fails. */
export async function startEngine(
  daemon: Daemon,
  images: readonly ImageRecipe[],
  close: TestEngine['close'],
): Promise<TestEngine> {
  try {
    await daemon.start();
    const host = `unix://${daemon.socketPath}`;
    const engine = engineClient({ DOCKER_HOST: host });
    for (const image of images) await importImage(engine, image);
    return { engine, daemon, host, close };
  } catch (error) {
    await close();
    throw error;
  }
}
