import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineCall, engineStatus } from '../engine/explain.ts';
import { follow } from './progress.ts';

/** What an image stands on. */
export interface Base {
  name: string;
  /** By the registry that it came from, or of its configuration when it came from none. */
  digest: string;
  bytes: number;
  layers: readonly string[];
  platform: string;
}

/**
 * The base at the engine; pulled when it is not there.
 * @throws KovaError IMAGE_UNUSABLE when it is made for another platform than the engine's
 */
export async function ensureBase(engine: Docker, name: string, say: (line: string) => void): Promise<Base> {
  const found = (await inspectImage(engine, name)) ?? (await pull(engine, name, say));
  const { Os, Arch } = await engineCall('asking the engine for its version', () => engine.version());
  const [platform, own] = [`${found.Os}/${found.Architecture}`, `${Os}/${Arch}`];
  if (platform !== own) {
    throw new KovaError('IMAGE_UNUSABLE', `the base ${name} is made for ${platform}, the engine runs ${own}`, {
      next: `Name a base for ${own} under image.base.`,
    });
  }
  const digest = found.RepoDigests?.[0]?.split('@')[1] ?? found.Id;
  return { name, digest, bytes: found.Size, layers: found.RootFS.Layers ?? [], platform };
}

/** Null when the engine has none of that name. */
export async function inspectImage(engine: Docker, name: string): Promise<Docker.ImageInspectInfo | null> {
  return engineCall(`looking at the image ${name}`, async () => {
    try {
      return await engine.getImage(name).inspect();
    } catch (error) {
      if (engineStatus(error) === 404) return null;
      throw error;
    }
  });
}

async function pull(engine: Docker, name: string, say: (line: string) => void): Promise<Docker.ImageInspectInfo> {
  say(`pulling the base ${name}`);
  const doing = `pulling the base ${name}`;
  await follow(engine, doing, await engineCall(doing, () => engine.pull(name)));
  const found = await inspectImage(engine, name);
  if (found) return found;
  throw new KovaError('IMAGE_UNUSABLE', `the engine has pulled ${name}, but does not know it`);
}
