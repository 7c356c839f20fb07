import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, KovaError, reportOf } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineCall } from '../../engine/explain.ts';
import type { PushRequest } from '../../ports/images.ts';
import { manifestList, type PushedManifest } from './manifest-list.ts';
import { pushTag } from './push-tag.ts';
import { putManifest } from './put-manifest.ts';

/** A registry may be away for a moment; one that stays away fails the job. */
export const pushPausesMs: readonly number[] = [1000, 5000, 15_000];

interface Pushing {
  engine: Docker;
  request: PushRequest;
  say: (line: string) => void;
  pausesMs: readonly number[];
}

/** Pushes all tags of an image. Returns its name by the digest that the registry knows it by. */
export async function pushImage(
  engine: Docker,
  request: PushRequest,
  say: (line: string) => void,
  pausesMs: readonly number[],
): Promise<string> {
  const pushing = { engine, request, say, pausesMs };
  const digest = request.image.others.length > 0 ? await pushPlatforms(pushing) : await pushTags(pushing);
  return `${request.name}@${digest}`;
}

async function pushTags(pushing: Pushing): Promise<string> {
  let digest = '';
  for (const tag of pushing.request.tags) ({ digest } = await pushOne(pushing, tag));
  return digest;
}

/** Each platform under a tag of its own, and under the tags a list of them, from which an engine takes what is for it. */
async function pushPlatforms(pushing: Pushing): Promise<string> {
  const { engine, request, say } = pushing;
  const { image, name, tags } = request;
  const pushed: PushedManifest[] = [];
  for (const { platform, id } of [image, ...image.others]) {
    const [os = '', architecture = ''] = platform.split('/');
    const tag = `${tags[0]}-${architecture}`;
    await engineCall(`naming the image ${name}:${tag}`, () => engine.getImage(id).tag({ repo: name, tag }));
    pushed.push({ os, architecture, ...(await pushOne(pushing, tag)) });
  }
  const list = manifestList(pushed);
  await patiently(pushing, () => putManifest(engine, request, tags, list));
  const platforms = pushed.map(({ architecture }) => architecture).join(' and ');
  for (const tag of tags) say(`pushed ${name}:${tag} as ${list.digest}, for ${platforms}`);
  return list.digest;
}

async function pushOne(pushing: Pushing, tag: string) {
  const { engine, request, say } = pushing;
  const pushed = await patiently(pushing, () => pushTag(engine, request, tag));
  say(`pushed ${request.name}:${tag} as ${pushed.digest}`);
  return pushed;
}

async function patiently<T>({ request: { signal }, say, pausesMs }: Pushing, push: () => Promise<T>): Promise<T> {
  for (const pauseMs of [...pausesMs, null]) {
    try {
      return await push();
    } catch (error) {
      signal.throwIfAborted();
      if (pauseMs === null || !hasCode(error, 'REGISTRY_UNAVAILABLE')) throw error;
      say(`${reportOf(error).message}; trying again in ${pauseMs / 1000} s`);
      await sleep(pauseMs, undefined, { signal });
    }
  }
  throw new KovaError('INTERNAL', 'a push has neither ended nor failed');
}
