import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, KovaError, reportOf } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineCall } from '../../engine/explain.ts';
import { follow } from '../../engine/progress.ts';
import type { PushRequest } from '../../ports/images.ts';
import { explainPush } from './errors.ts';

/** A registry may be away for a moment; one that stays away fails the job. */
export const pushPausesMs: readonly number[] = [1000, 5000, 15_000];

/** Pushes all tags of an image. Returns its name by the digest that the registry gave it. */
export async function pushImage(
  engine: Docker,
  request: PushRequest,
  say: (line: string) => void,
  pausesMs: readonly number[],
): Promise<string> {
  const { name, tags, signal } = request;
  let digest: string | undefined;
  for (const tag of tags) {
    digest = await patiently({ signal, say, pausesMs }, () => pushTag(engine, request, tag));
    say(`pushed ${name}:${tag} as ${digest}`);
  }
  return `${name}@${digest}`;
}

interface Patience {
  signal: AbortSignal;
  say: (line: string) => void;
  pausesMs: readonly number[];
}

async function patiently<T>({ signal, say, pausesMs }: Patience, push: () => Promise<T>): Promise<T> {
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

async function pushTag(engine: Docker, request: PushRequest, tag: string): Promise<string> {
  const { name, credentials, signal } = request;
  const doing = `pushing ${name}:${tag}`;
  let digest: string | undefined;
  try {
    const authconfig = credentials
      ? { username: credentials.username, password: credentials.password.reveal() }
      : { username: '', password: '' };
    const options = { tag, authconfig, abortSignal: signal };
    const stream = await engineCall(doing, () => engine.getImage(name).push(options));
    await follow(engine, doing, stream, ({ aux }) => {
      digest = aux?.Digest ?? digest;
    });
  } catch (error) {
    throw explainPush(error, name);
  }
  if (digest) return digest;
  throw new KovaError('ENGINE_FAILED', `${doing}: the engine told no digest`);
}
