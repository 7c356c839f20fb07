import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { ensureImage, type PullOptions } from './image.ts';

/** What releases run in that are in no image of their own. */
export function baseImage(env: NodeJS.ProcessEnv = process.env): string {
  return env.KOVA_DOCKER_IMAGE || 'node:24-slim';
}

/**
 * Makes sure that the engine has what a release runs in: its own image, or the one that stands for it.
 * @throws KovaError as `ensureImage`; IMAGE_UNUSABLE for one whose program expects to be root, which no app may
 */
export async function ensureAppImage(
  engine: Docker,
  own: string | null,
  base: string,
  options?: PullOptions,
): Promise<void> {
  const found = await ensureImage(engine, own ?? base, options);
  if (own !== null) refuseRoot(own, found);
}

const rootUser = /^(|root|0)(:.*)?$/;

function refuseRoot(name: string, { Config }: Docker.ImageInspectInfo): void {
  if (!rootUser.test(Config.User ?? '')) return;
  throw new KovaError('IMAGE_UNUSABLE', `the image ${name} runs as root, which no app may`, {
    next: 'Add a line such as `USER 1000` to its Dockerfile, and ship again.',
  });
}
