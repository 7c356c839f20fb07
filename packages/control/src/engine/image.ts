import { hasCode, KovaError, reportOf } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { explainDisk } from './disk.ts';
import { engineAnswers, engineCall, ifThere } from './explain.ts';
import { follow } from './progress.ts';

export interface PullOptions {
  /** With what the registry of an image lets one in; null for nothing. Asked only when there is something to pull. */
  login?: (image: string) => Promise<Docker.AuthConfigObject | null>;
  signal?: AbortSignal;
}

/**
 * Finds the image in the engine, or brings it there.
 * @throws KovaError IMAGE_UNUSABLE when it is not to be had or made for another machine; DISK_FULL; ENGINE_UNAVAILABLE
 */
export async function ensureImage(
  engine: Docker,
  name: string,
  options: PullOptions = {},
): Promise<Docker.ImageInspectInfo> {
  await engineAnswers(engine);
  const found = (await inspectImage(engine, name)) ?? (await pull(engine, name, options));
  const { Os, Arch } = (await engineCall('the version of the engine', () => engine.version())) as Docker.DockerVersion;
  if (found.Os !== Os || found.Architecture !== Arch) {
    const made = `${found.Os}/${found.Architecture}`;
    throw new KovaError('IMAGE_UNUSABLE', `the image ${name} is made for ${made}, and this machine is ${Os}/${Arch}`);
  }
  return found;
}

/** Null when the engine has none of that name. */
export async function inspectImage(engine: Docker, name: string): Promise<Docker.ImageInspectInfo | null> {
  return engineCall(`looking at the image ${name}`, () => ifThere(engine.getImage(name).inspect()));
}

async function pull(engine: Docker, name: string, { login, signal }: PullOptions): Promise<Docker.ImageInspectInfo> {
  const doing = `the image ${name} is not in the engine and cannot be pulled`;
  const authconfig = await login?.(name);
  const options = { ...(authconfig && { authconfig }), ...(signal && { abortSignal: signal }) };
  try {
    await follow(doing, await engineCall(doing, () => engine.pull(name, options)));
    return await engineCall(doing, () => engine.getImage(name).inspect());
  } catch (cause) {
    signal?.throwIfAborted();
    const explained = explainDisk(cause);
    if (!hasCode(explained, 'ENGINE_FAILED')) throw explained;
    throw new KovaError('IMAGE_UNUSABLE', reportOf(cause).message, { cause });
  }
}
