import type Docker from 'dockerode';
import { engineCall, engineStatus } from '../engine/explain.ts';

/** Of images that have not the time of their commit yet. */
export const draftName = 'kova-draft';
/** Longer than a build takes. */
const oldSeconds = 7200;

/** Removes images, and what builds that were cut short have left. Returns those that are not there any more. */
export async function removeImages(engine: Docker, ids: readonly string[]): Promise<string[]> {
  const gone: string[] = [];
  for (const id of ids) if (await removeImage(engine, id)) gone.push(id);
  const drafts = await engineCall('listing images', () => engine.listImages({ filters: { reference: [draftName] } }));
  for (const { Id, Created } of drafts) if (Created < Date.now() / 1000 - oldSeconds) await removeImage(engine, Id);
  return gone;
}

/** A container that was made of it keeps it, which is as it should be. */
export async function removeImage(engine: Docker, id: string): Promise<boolean> {
  return engineCall(`removing the image ${id}`, async () => {
    try {
      if (await isInUse(engine, id)) return false;
      const { RepoTags } = await engine.getImage(id).inspect();
      for (const name of RepoTags ?? []) await engine.getImage(name).remove();
      await engine.getImage(id).remove({ force: true });
      return true;
    } catch (error) {
      if (engineStatus(error) === 409) return false;
      if (engineStatus(error) === 404) return true;
      throw error;
    }
  });
}

/** Asked first, or it would lose its names and stay. */
async function isInUse(engine: Docker, id: string): Promise<boolean> {
  const containers = await engine.listContainers({ all: true, filters: { ancestor: [id] } });
  return containers.length > 0;
}
