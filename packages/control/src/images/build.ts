import { randomUUID } from 'node:crypto';
import { KovaError } from '@kova/core/errors/kova-error';
import { baseOf, renderReleaseDockerfile } from '@kova/render/docker';
import type Docker from 'dockerode';
import { explainDisk } from '../engine/disk.ts';
import { engineCall } from '../engine/explain.ts';
import { inspectImage } from '../engine/image.ts';
import { follow } from '../engine/progress.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import type { BuiltImage, ImageRequest } from '../ports/images.ts';
import { type Base, ensureBase } from './base.ts';
import { withContext } from './context.ts';
import { dated } from './dated.ts';
import { draftName, removeImage } from './remove.ts';

export interface Workplace {
  engine: Docker;
  artefacts: Artefacts;
  /** For contexts; nothing stays there. */
  directory: string;
  /** The network of the steps of a build, as the engine calls it; its own default when left out. */
  network?: string | undefined;
}

const doing = 'building the image';

/** Builds the image of a release from what is built already: its base, and the app's directory on top of it. */
export async function buildReleaseImage(
  place: Workplace,
  request: ImageRequest,
  say: (line: string) => void,
): Promise<BuiltImage> {
  const { engine } = place;
  try {
    const base = await ensureBase(engine, baseOf(request.config));
    const draft = await buildDraft(place, request, base, say);
    const id = await dated(engine, draft, request.commit.committedAt);
    if (draft.Id !== id) await removeImage(engine, draft.Id);
    return describe(id, draft, base, request);
  } catch (error) {
    throw explainDisk(error);
  }
}

async function buildDraft(
  { engine, artefacts, directory, network }: Workplace,
  { config, commit, artefact, signal }: ImageRequest,
  base: Base,
  say: (line: string) => void,
): Promise<Docker.ImageInspectInfo> {
  const name = `${draftName}:${randomUUID()}`;
  const time = commit.committedAt;
  const buildargs = {
    REVISION: commit.sha,
    VERSION: commit.sha.slice(0, 10),
    CREATED: time.toISOString(),
    BASE_DIGEST: base.digest,
  };
  const options = {
    version: '2',
    t: name,
    buildargs,
    abortSignal: signal,
    ...(network ? { networkmode: network } : {}),
  };
  const dockerfile = renderReleaseDockerfile(config);
  await withContext(directory, artefacts, { artefact, dockerfile, time, signal }, async (context) => {
    const stream = await engineCall(doing, () => engine.buildImage(context, options as Docker.ImageBuildOptions));
    await follow(engine, doing, stream, ({ stream: line }) => line && say(line.trimEnd()));
  });
  const built = await inspectImage(engine, name);
  if (!built) throw new KovaError('ENGINE_FAILED', `${doing}: the engine does not know it afterwards`);
  return built;
}

function describe(id: string, draft: Docker.ImageInspectInfo, base: Base, { config }: ImageRequest): BuiltImage {
  const wanted = config.image?.platforms ?? [];
  return {
    id,
    bytes: draft.Size,
    baseBytes: base.bytes,
    layers: draft.RootFS.Layers?.length ?? 0,
    platform: base.platform,
    notBuilt: wanted.filter((platform) => platform !== base.platform),
  };
}
