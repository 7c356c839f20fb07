import type { Evidence } from './evidence.ts';

/** What an image takes, in bytes, unpacked. */
export interface ImageSize {
  bytes: number;
  baseBytes: number;
  layers: number;
}

/** What Kova has seen of an image that it made itself. */
export function imageEvidence({ bytes, baseBytes, layers }: ImageSize): Evidence {
  const figures = {
    'image.size': bytes,
    'image.layers': layers,
    'image.part.base': baseBytes,
    'image.part.release': bytes - baseBytes,
  };
  return { kind: 'image', figures, problems: [], problemCount: 0, gap: null };
}
