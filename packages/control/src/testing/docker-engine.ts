import type Docker from 'dockerode';
import { engineClient } from '../engine/client.ts';
import { type ImageRecipe, importImage, nodeBase } from './engine/base-image.ts';
import { type Daemon, makeDaemon } from './engine/daemon.ts';
import { removeAbandonedDaemons, removeDaemon } from './engine/remove.ts';

export { type ImageRecipe, importImage, nodeBase } from './engine/base-image.ts';
export { composeProgram } from './engine/compose.ts';
export { postgresImage, redisImage } from './engine/service-images.ts';

export interface TestEngine {
  engine: Docker;
  daemon: Daemon;
  /** As `DOCKER_HOST` takes it. */
  host: string;
  /** Ends the daemon and all its containers and removes what it had. */
  close(): Promise<void>;
}

/** A Docker engine of its own for a test file, started, with the given images; needs root. Call `close` at the end. */
export async function openTestEngine(images: readonly ImageRecipe[] = [nodeBase]): Promise<TestEngine> {
  await removeAbandonedDaemons();
  const daemon = await makeDaemon();
  const close = async () => {
    await daemon.stop();
    await removeDaemon(daemon.directory);
  };
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
