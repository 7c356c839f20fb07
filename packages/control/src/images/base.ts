import type Docker from 'dockerode';
import { ensureImage } from '../engine/image.ts';

/** What an image stands on. */
export interface Base {
  name: string;
  /** By the registry that it came from, or of its configuration when it came from none. */
  digest: string;
  /** By which the same is found for other platforms, too: by its digest, if it came from a registry. */
  reference: string;
  bytes: number;
  /** `linux/amd64`, which is the engine's own. */
  platform: string;
}

/** The base at the engine; pulled when it is not there. @throws KovaError IMAGE_UNUSABLE, ENGINE_UNAVAILABLE */
export async function ensureBase(engine: Docker, name: string): Promise<Base> {
  const { Id, RepoDigests, Size, Os, Architecture } = await ensureImage(engine, name);
  const reference = RepoDigests?.[0] ?? name;
  const digest = RepoDigests?.[0]?.split('@')[1] ?? Id;
  return { name, digest, reference, bytes: Size, platform: `${Os}/${Architecture}` };
}
