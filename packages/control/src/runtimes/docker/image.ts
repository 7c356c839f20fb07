import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';

/** What releases run in that are in no image of their own. */
export function baseImage(env: NodeJS.ProcessEnv = process.env): string {
  return env.KOVA_DOCKER_IMAGE || 'node:24-slim';
}

const rootUser = /^(|root|0)(:.*)?$/;

/** @throws KovaError IMAGE_UNUSABLE for an image whose program expects to be root, which no app may be */
export function refuseRoot(name: string, { Config }: Docker.ImageInspectInfo): void {
  if (!rootUser.test(Config.User ?? '')) return;
  throw new KovaError('IMAGE_UNUSABLE', `the image ${name} runs as root, which no app may`, {
    next: 'Add a line such as `USER 1000` to its Dockerfile, and ship again.',
  });
}
