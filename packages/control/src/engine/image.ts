import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineCall, engineStatus } from './explain.ts';

/** What releases run in that are in no image of their own. */
export function baseImage(env: NodeJS.ProcessEnv = process.env): string {
  return env.KOVA_DOCKER_IMAGE || 'node:24-slim';
}

/**
 * Finds the image in the engine, or brings it there.
 * @throws KovaError IMAGE_UNUSABLE when it is not to be had or made for another machine; ENGINE_UNAVAILABLE
 */
export async function ensureImage(engine: Docker, name: string): Promise<Docker.ImageInspectInfo> {
  const found = (await inspect(engine, name)) ?? (await pull(engine, name));
  const { Os, Arch } = (await engineCall('the version of the engine', () => engine.version())) as Docker.DockerVersion;
  if (found.Os !== Os || found.Architecture !== Arch) {
    const made = `${found.Os}/${found.Architecture}`;
    throw new KovaError('IMAGE_UNUSABLE', `the image ${name} is made for ${made}, and this machine is ${Os}/${Arch}`);
  }
  return found;
}

const rootUser = /^(|root|0)(:.*)?$/;

/** @throws KovaError IMAGE_UNUSABLE for an image whose program expects to be root, which no app may be */
export function refuseRoot(name: string, { Config }: Docker.ImageInspectInfo): void {
  if (!rootUser.test(Config.User ?? '')) return;
  throw new KovaError('IMAGE_UNUSABLE', `the image ${name} runs as root, which no app may`, {
    next: 'Add a line such as `USER 1000` to its Dockerfile, and ship again.',
  });
}

async function inspect(engine: Docker, name: string): Promise<Docker.ImageInspectInfo | null> {
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
