import type { OpenStream } from '../stream/stream-set.ts';
import type { ClientResponse } from './client.ts';

const LF = 10;
const CR = 13;
/** How long a drained stream may stay in the middle of an event. */
const BOUNDARY_WAIT_MS = 5_000;

/** A `text/event-stream` answer: passed on at once, and ended between two events when its slot drains. */
export class EventStream implements OpenStream {
  ended = false;
  readonly #response: ClientResponse;
  readonly #stop: () => void;
  /** A compressed stream shows no boundaries: it ends where it is. */
  readonly #readable: boolean;
  #scan = new BoundaryScan();
  #closing = false;

  /** `stop` breaks off the instance's side. */
  constructor(response: ClientResponse, headers: readonly string[], stop: () => void) {
    this.#response = response;
    this.#stop = stop;
    this.#readable = !headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-encoding');
  }

  write(chunk: Buffer): boolean {
    if (this.ended) return true;
    if (!this.#closing) {
      this.#scan.end(chunk);
      return this.#response.write(chunk);
    }
    const boundary = this.#scan.first(chunk);
    this.#response.write(boundary < 0 ? chunk : chunk.subarray(0, boundary));
    if (boundary >= 0) this.#end();
    return true;
  }

  closeSoon(): void {
    this.#closing = true;
    if (this.#scan.atBoundary || !this.#readable) this.#end();
    else setTimeout(() => this.#end(), BOUNDARY_WAIT_MS).unref();
  }

  #end(): void {
    if (this.ended) return;
    this.ended = true;
    this.#response.end();
    this.#stop();
  }
}

/** Finds blank lines: LF LF, CR LF CR LF or CR CR, also across chunks. */
class BoundaryScan {
  /** Line ends in a row at the end of what was seen; a stream begins at a boundary. */
  #lines = 2;
  #afterCr = false;

  get atBoundary(): boolean {
    return this.#lines >= 2;
  }

  /** Takes a whole chunk: only its end matters, and a boundary needs four bytes at most. */
  end(chunk: Buffer): void {
    for (let index = Math.max(0, chunk.length - 4); index < chunk.length; index++) this.#take(chunk[index] as number);
  }

  /** Takes the chunk up to its first boundary and returns the offset after it, or -1. */
  first(chunk: Buffer): number {
    for (let index = 0; index < chunk.length; index++) {
      this.#take(chunk[index] as number);
      if (this.atBoundary && chunk[index + 1] !== LF) return index + 1;
    }
    return -1;
  }

  #take(byte: number): void {
    if (byte === LF && this.#afterCr) {
      this.#afterCr = false;
      return;
    }
    this.#afterCr = byte === CR;
    this.#lines = byte === LF || byte === CR ? this.#lines + 1 : 0;
  }
}
