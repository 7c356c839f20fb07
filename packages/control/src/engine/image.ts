import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineCall, engineStatus } from './explain.ts';

/** The image of that name; pulled when the engine does not have it. @throws KovaError IMAGE_UNUSABLE, ENGINE_UNAVAILABLE */
export async function ensureImage(engine: Docker, name: string): Promise<Docker.ImageInspectInfo> {
  const image = engine.getImage(name);
  return engineCall(`image ${name}`, async () => {
    const found = await image.inspect().catch(orNull);
    if (found) return found;
    await pull(engine, name);
    return image.inspect();
  });
}

function orNull(error: unknown): null {
  if (engineStatus(error) === 404) return null;
  throw error;
}

async function pull(engine: Docker, name: string): Promise<void> {
  try {
    const progress: NodeJS.ReadableStream = await engine.pull(name);
    await new Promise<void>((resolve, reject) =>
      engine.modem.followProgress(progress, (error) => (error ? reject(error) : resolve())),
    );
  } catch (cause) {
    const { json, message } = cause as { json?: { message?: string } | null; message: string };
    throw new KovaError(
      'IMAGE_UNUSABLE',
      `the image ${name} is not there and cannot be pulled: ${json?.message ?? message}`,
      {
        next: `Run \`docker pull ${name}\` on this machine, or name an image that it can get.`,
        cause,
      },
    );
  }
}
