const CLOSE = 8;

/**
 * Follows WebSocket frames (RFC 6455, 5.2) through a byte stream without keeping their payload, to
 * know where a frame of our own may stand: never inside a frame, nor between a message's fragments.
 */
export class FrameScan {
  /** The sender has sent its close frame; nothing may follow. */
  closed = false;
  readonly #header = Buffer.alloc(14);
  #have = 0;
  #payloadLeft = 0;
  #fragmented = false;

  get atFrameBoundary(): boolean {
    return this.#have === 0 && this.#payloadLeft === 0;
  }

  get atMessageBoundary(): boolean {
    return this.atFrameBoundary && !this.#fragmented;
  }

  /** Takes a whole chunk. */
  take(chunk: Buffer): void {
    for (let offset = 0; offset < chunk.length; ) offset = this.#step(chunk, offset);
  }

  /** Takes the chunk up to the first message boundary in it and returns the offset there, or -1. */
  takeToBoundary(chunk: Buffer): number {
    for (let offset = 0; offset < chunk.length; ) {
      offset = this.#step(chunk, offset);
      if (this.atMessageBoundary) return offset;
    }
    return -1;
  }

  #step(chunk: Buffer, offset: number): number {
    if (this.#payloadLeft > 0) {
      const taken = Math.min(this.#payloadLeft, chunk.length - offset);
      this.#payloadLeft -= taken;
      return offset + taken;
    }
    this.#header[this.#have++] = chunk[offset] as number;
    if (this.#have >= 2 && this.#have === this.#headerLength()) this.#headerDone();
    return offset + 1;
  }

  #headerLength(): number {
    const second = this.#header[1] as number;
    const length = second & 0x7f;
    const extended = length === 126 ? 2 : length === 127 ? 8 : 0;
    return 2 + extended + (second & 0x80 ? 4 : 0);
  }

  #headerDone(): void {
    const first = this.#header[0] as number;
    const length = (this.#header[1] as number) & 0x7f;
    this.#have = 0;
    this.#payloadLeft = length;
    if (length === 126) this.#payloadLeft = this.#header.readUInt16BE(2);
    if (length === 127) this.#payloadLeft = Number(this.#header.readBigUInt64BE(2));
    const opcode = first & 0x0f;
    if (opcode < CLOSE) this.#fragmented = (first & 0x80) === 0;
    else if (opcode === CLOSE) this.closed = true;
  }
}

/** An unmasked close frame, as a server sends it. */
export function closeFrame(code: number, reason: string): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return Buffer.concat([Buffer.from([0x80 | CLOSE, payload.length]), payload]);
}
