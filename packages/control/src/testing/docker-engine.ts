import { type ImageRecipe, nodeBase } from './engine/base-image.ts';
import { makeDaemon } from './engine/daemon.ts';
import { removeAbandonedDaemons, removeDaemon } from './engine/remove.ts';
import { giveImages, keepImages } from './engine/shared-images.ts';
import { startEngine, type TestEngine } from './engine/start.ts';

export { type ImageRecipe, importImage, nodeBase } from './engine/base-image.ts';
export { composeProgram } from './engine/compose.ts';
export { postgresImage, redisImage } from './engine/service-images.ts';
export type { TestEngine } from './engine/start.ts';

/** A Docker engine of its own for a test file, started, with the given images; needs root. Call `close` at the end. */
export async function openTestEngine(images: readonly ImageRecipe[] = [nodeBase]): Promise<TestEngine> {
  await removeAbandonedDaemons();
  const daemon = await makeDaemon();
  const close = async () => {
    await daemon.stop();
    await removeDaemon(daemon.directory);
  };
  const name = JSON.stringify(images);
  const given = images.length === 0 || (await giveImages(daemon, name));
  const testing = await startEngine(daemon, given ? [] : images, close);
  try {
    if (!given) await keepImages(daemon, name);
    return testing;
  } catch (error) {
    await close();
    throw error;
  }
}
