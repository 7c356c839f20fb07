import { KovaError } from '@kova/core/errors/kova-error';
import type Docker from 'dockerode';

/** What the engine says while it pulls, builds, pushes or loads. */
export interface Said {
  stream?: string;
  status?: string;
  id?: string;
  progressDetail?: object;
  aux?: { Digest?: string };
  errorDetail?: { message?: string };
  error?: string;
}

type Follow = (stream: NodeJS.ReadableStream, onEnd: (error: Error | null) => void, on: (said: Said) => void) => void;

/**
 * Follows what the engine does until it has ended.
 * @throws KovaError ENGINE_FAILED with the engine's own words; ENGINE_UNAVAILABLE when it went away in the middle
 */
export async function follow(
  engine: Docker,
  doing: string,
  stream: NodeJS.ReadableStream,
  on: (said: Said) => void = () => {},
): Promise<void> {
  let failed: string | undefined;
  let whole = false;
  stream.on('end', () => {
    whole = true;
  });
  const error = await new Promise<Error | null>((resolve) => {
    // Missing in the types; it knows what BuildKit says, too.
    const followProgress = (engine as unknown as { followProgress: Follow }).followProgress.bind(engine);
    followProgress(stream, resolve, (said) => {
      failed ??= said.errorDetail?.message ?? said.error;
      on(said);
    });
  });
  if (failed !== undefined) throw new KovaError('ENGINE_FAILED', `${doing}: ${failed}`);
  if (error || !whole) {
    throw new KovaError('ENGINE_UNAVAILABLE', `${doing}: the Docker engine went away in the middle`, { cause: error });
  }
}
