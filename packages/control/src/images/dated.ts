import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { engineCall } from '../engine/explain.ts';
import { inspectImage } from '../engine/image.ts';
import { follow } from '../engine/progress.ts';

/** What of an engine's answer belongs to the configuration of an image, and in which order it is written. */
const configKeys = [
  'User',
  'ExposedPorts',
  'Env',
  'Entrypoint',
  'Cmd',
  'Healthcheck',
  'Volumes',
  'WorkingDir',
  'StopSignal',
  'Shell',
  'Labels',
] as const;

/**
 * The image with a fixed time in place of the time of its build, by which the same layers give the same digest: the
 * BuildKit of older engines knows no SOURCE_DATE_EPOCH. Its layers are at the engine already, so that a configuration is
 * all that is sent (https://github.com/opencontainers/image-spec/blob/main/config.md). Returns its id. Idempotent.
 */
export async function dated(engine: Docker, image: Docker.ImageInspectInfo, time: Date): Promise<string> {
  const layers = image.RootFS.Layers ?? [];
  const config = JSON.stringify(configOf(image, layers, time));
  const digest = createHash('sha256').update(config).digest('hex');
  const archive = pack();
  archive.entry({ name: `${digest}.json` }, config);
  const named = layers.map((_, index) => `${index}/layer.tar`);
  archive.entry(
    { name: 'manifest.json' },
    JSON.stringify([{ Config: `${digest}.json`, RepoTags: null, Layers: named }]),
  );
  archive.finalize();
  const doing = 'giving the image the time of its commit';
  await follow(doing, await engineCall(doing, () => engine.loadImage(Readable.from(archive))));
  const id = `sha256:${digest}`;
  if (await inspectImage(engine, id)) return id;
  throw new KovaError('ENGINE_FAILED', `${doing}: the engine does not know ${id} afterwards`);
}

function configOf(image: Docker.ImageInspectInfo, layers: readonly string[], time: Date): object {
  const created = time.toISOString();
  const config = image.Config as unknown as Record<string, unknown>;
  const known = configKeys.filter((key) => config[key] !== null && config[key] !== undefined && config[key] !== '');
  return {
    created,
    architecture: image.Architecture,
    ...('Variant' in image && image.Variant ? { variant: image.Variant } : {}),
    os: image.Os,
    config: Object.fromEntries(known.map((key) => [key, config[key]])),
    rootfs: { type: 'layers', diff_ids: layers },
    history: layers.map(() => ({ created, created_by: 'kova' })),
  };
}
