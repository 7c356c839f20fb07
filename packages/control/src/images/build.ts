import { baseOf, renderReleaseDockerfile } from '@kova/render/docker';
import type Docker from 'dockerode';
import { explainDisk } from '../engine/disk.ts';
import type { Artefacts } from '../ports/artefacts.ts';
import type { BuiltImage, ImageRequest } from '../ports/images.ts';
import { ensureBase } from './base.ts';
import { withContext } from './context.ts';
import { makeOne } from './draft.ts';
import { makeOthers } from './others.ts';

export interface Workplace {
  engine: Docker;
  artefacts: Artefacts;
  /** For contexts; nothing stays there. */
  directory: string;
  /** The network of the steps of a build, as the engine calls it; its own default when left out. */
  network?: string | undefined;
}

/**
 * Builds the image of a release from what is built already: its base, and the app's directory on top of it; and the
 * same for the other platforms that are wanted, as far as it can be done here.
 */
export async function buildReleaseImage(
  { engine, artefacts, directory, network }: Workplace,
  { config, commit, artefact, signal }: ImageRequest,
  say: (line: string) => void,
): Promise<BuiltImage> {
  const dockerfile = renderReleaseDockerfile(config);
  const wanted = config.image?.platforms ?? [];
  try {
    const base = await ensureBase(engine, baseOf(config));
    const { platform, bytes: baseBytes } = base;
    return await withContext(
      directory,
      artefacts,
      { artefact, dockerfile, time: commit.committedAt, signal },
      async (context) => {
        const wish = { context, base, commit, network, signal };
        const own = await makeOne(engine, wish, say);
        const foreign = wanted.filter((each) => each !== platform);
        return { ...own, baseBytes, platform, ...(await makeOthers(engine, wish, foreign, say)) };
      },
    );
  } catch (error) {
    throw explainDisk(error);
  }
}
