import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineAnswers, engineCall, engineStatus } from './explain.ts';

/**
 * Finds the image in the engine, or brings it there.
 * @throws KovaError IMAGE_UNUSABLE when it is not to be had or made for another machine; ENGINE_UNAVAILABLE
 */
export async function ensureImage(engine: Docker, name: string): Promise<Docker.ImageInspectInfo> {
  await engineAnswers(engine);
  const found = (await inspectImage(engine, name)) ?? (await pull(engine, name));
  const { Os, Arch } = (await engineCall('the version of the engine', () => engine.version())) as Docker.DockerVersion;
  if (found.Os !== Os || found.Architecture !== Arch) {
    const made = `${found.Os}/${found.Architecture}`;
    throw new KovaError('IMAGE_UNUSABLE', `the image ${name} is made for ${made}, and this machine is ${Os}/${Arch}`);
  }
  return found;
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

async function pull(engine: Docker, name: string): Promise<Docker.ImageInspectInfo> {
  try {
    const progress = await engine.pull(name);
    await new Promise<void>((resolve, reject) =>
      engine.modem.followProgress(progress, (error) => (error ? reject(error) : resolve())),
    );
    return await engine.getImage(name).inspect();
  } catch (cause) {
    const words = (cause as { json?: { message?: string } }).json?.message ?? (cause as Error).message;
    throw new KovaError('IMAGE_UNUSABLE', `the image ${name} is not in the engine and cannot be pulled: ${words}`, {
      cause,
    });
  }
}
