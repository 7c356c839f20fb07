import type { LogLine } from '../ports/runtime.ts';

/** One piece of output: of a log a line with its end, or a part of a long one. */
export interface Piece {
  stream: LogLine['stream'];
  bytes: Buffer;
}

export interface Frame extends Piece {
  /** As the engine noted it, to the nanosecond: `2026-01-02T03:04:05.678901234Z`. */
  time: string;
}

const headerBytes = 8;
const stderrKind = 2;
const space = 0x20;

/**
 * Cuts what the engine sends into pieces of output (Docker Engine API, "Stream format" of attach: a header of kind,
 * three zeros and the length in big endian).
 */
export class PieceReader {
  #rest = Buffer.alloc(0);

  push(chunk: Buffer): Piece[] {
    const pieces: Piece[] = [];
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (bytes.length >= headerBytes) {
      const end = headerBytes + bytes.readUInt32BE(4);
      if (bytes.length < end) break;
      const stream = bytes[0] === stderrKind ? 'stderr' : 'stdout';
      pieces.push({ stream, bytes: bytes.subarray(headerBytes, end) });
      bytes = bytes.subarray(end);
    }
    this.#rest = Buffer.from(bytes);
    return pieces;
  }
}

/** The same of a log that was asked for with times. */
export class FrameReader {
  readonly #pieces = new PieceReader();

  push(chunk: Buffer): Frame[] {
    return this.#pieces.push(chunk).map(frameOf);
  }
}

function frameOf({ stream, bytes }: Piece): Frame {
  const at = bytes.indexOf(space);
  return { stream, time: bytes.subarray(0, at).toString(), bytes: bytes.subarray(at + 1) };
}
