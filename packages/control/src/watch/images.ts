import type { Context } from '../context.ts';
import { forgetImages, unneededImages } from '../store/images.ts';

/**
 * Removes images from the engine that belong to none of the releases that are kept. One that a container is made of
 * stays until that is gone. The engine is not spoken to when there are none.
 */
export async function pruneImages(
  { db, images }: Pick<Context, 'db' | 'images'>,
  kept: readonly string[],
): Promise<void> {
  const unneeded = await unneededImages(db, kept);
  if (unneeded.length > 0) await forgetImages(db, await images.remove(unneeded));
}
