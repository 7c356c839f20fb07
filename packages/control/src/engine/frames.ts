import type { LogLine } from '../ports/runtime.ts';

/** One piece of output: a line with its end, or a part of a long one. */
export interface Frame {
  stream: LogLine['stream'];
  /** As the engine noted it, to the nanosecond: `2026-01-02T03:04:05.678901234Z`. */
  time: string;
  bytes: Buffer;
}

const headerBytes = 8;
const stderrKind = 2;
const space = 0x20;

/**
 * Cuts what the engine sends into pieces of output, each with its time (Docker Engine API, "Stream format" of attach:
 * a header of kind, three zeros and the length in big endian).
 */
export class FrameReader {
  #rest = Buffer.alloc(0);

  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (bytes.length >= headerBytes) {
      const end = headerBytes + bytes.readUInt32BE(4);
      if (bytes.length < end) break;
      frames.push(frameOf(bytes[0] === stderrKind ? 'stderr' : 'stdout', bytes.subarray(headerBytes, end)));
      bytes = bytes.subarray(end);
    }
    this.#rest = Buffer.from(bytes);
    return frames;
  }
}

function frameOf(stream: Frame['stream'], payload: Buffer): Frame {
  const at = payload.indexOf(space);
  return { stream, time: payload.subarray(0, at).toString(), bytes: payload.subarray(at + 1) };
}
