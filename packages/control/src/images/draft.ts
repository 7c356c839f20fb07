import { randomUUID } from 'node:crypto';
import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { engineCall } from '../engine/explain.ts';
import { inspectImage } from '../engine/image.ts';
import { follow } from '../engine/progress.ts';
import type { CommitInfo } from '../ports/builder.ts';
import type { Base } from './base.ts';
import type { BuildContext } from './context.ts';
import { dated } from './dated.ts';
import { draftName, removeImage } from './remove.ts';

/** What one image is built of. */
export interface DraftWish {
  context: BuildContext;
  base: Base;
  commit: CommitInfo;
  /** The engine's own when left out. */
  platform?: string;
  /** The network of the steps; the engine's default when left out. */
  network: string | undefined;
  signal: AbortSignal;
}

export interface MadeImage {
  /** Digest of its configuration. */
  id: string;
  bytes: number;
  layers: number;
}

/** Builds one image and gives it the time of its commit. */
export async function makeOne(engine: Docker, wish: DraftWish, say: (line: string) => void): Promise<MadeImage> {
  const draft = await build(engine, wish, say);
  const id = await dated(engine, draft, wish.commit.committedAt);
  if (draft.Id !== id) await removeImage(engine, draft.Id);
  return { id, bytes: draft.Size, layers: draft.RootFS.Layers?.length ?? 0 };
}

async function build(
  engine: Docker,
  { context, base, commit, platform, network, signal }: DraftWish,
  say: (line: string) => void,
): Promise<Docker.ImageInspectInfo> {
  const name = `${draftName}:${randomUUID()}`;
  const buildargs = {
    REVISION: commit.sha,
    VERSION: commit.sha.slice(0, 10),
    CREATED: commit.committedAt.toISOString(),
    BASE_DIGEST: base.digest,
    ...(platform ? { BASE: base.reference } : {}),
  };
  const options = {
    version: '2',
    t: name,
    buildargs,
    abortSignal: signal,
    ...(platform ? { platform } : {}),
    ...(network ? { networkmode: network } : {}),
  };
  const doing = platform ? `building the image for ${platform}` : 'building the image';
  const stream = await engineCall(doing, () => engine.buildImage(context.tar(), options as Docker.ImageBuildOptions));
  await follow(doing, stream, ({ stream: line }) => line && say(line.trimEnd()));
  const built = await inspectImage(engine, name);
  if (!built) throw new KovaError('ENGINE_FAILED', `${doing}: the engine does not know it afterwards`);
  return built;
}
