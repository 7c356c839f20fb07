export interface PlacedLine {
  text: string;
  /** Position of its first byte in the stream. */
  at: number;
}

const newline = 0x0a;
/** A line is read longer than it is shown, so that no secret is cut in two before it is scrubbed. */
const longestRawLine = 65_536;

/** Cuts the bytes of one stream into lines; what one holds beyond 64 KB is dropped, so that memory is bounded. */
export class LineSplitter {
  #rest: Buffer[] = [];
  #restBytes = 0;
  #restAt = 0;

  /** The lines that are complete with these bytes, which begin at `position`. */
  push(bytes: Buffer, position: number): PlacedLine[] {
    const lines: PlacedLine[] = [];
    let from = 0;
    for (let to = bytes.indexOf(newline); to >= 0; to = bytes.indexOf(newline, from)) {
      this.#keep(bytes.subarray(from, to), position + from);
      lines.push(...this.flush(true));
      from = to + 1;
    }
    this.#keep(bytes.subarray(from), position + from);
    return lines;
  }

  /** The line that was begun; an empty one only when it is known to be complete. */
  flush(complete = false): PlacedLine[] {
    const text = Buffer.concat(this.#rest).toString('utf8').replace(/\r$/, '');
    const lines = complete || this.#restBytes > 0 ? [{ text, at: this.#restAt }] : [];
    this.#rest = [];
    this.#restBytes = 0;
    return lines;
  }

  #keep(bytes: Buffer, position: number): void {
    if (this.#rest.length === 0) this.#restAt = position;
    const room = longestRawLine - this.#restBytes;
    if (room <= 0 || bytes.length === 0) return;
    this.#rest.push(bytes.subarray(0, room));
    this.#restBytes += Math.min(room, bytes.length);
  }
}
