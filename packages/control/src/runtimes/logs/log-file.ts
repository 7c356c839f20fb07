import { chownSync, closeSync, constants, fstatSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Identity } from '../../home/unprivileged.ts';
import { moveAside } from './rotate.ts';

export const keptCopies = 3;

const longestMarks = 1000;

interface Segment {
  path: string;
  /** Position of its first byte in the whole stream. */
  from: number;
  to: number;
}

/**
 * One output stream of an instance: the file that the instance appends to by itself and the copies of what it held
 * before. Positions count from the oldest byte kept when this was made and grow for ever, across rotations.
 */
export class LogFile {
  readonly path: string;
  readonly #maxBytes: number;
  #copies: Segment[] = [];
  /** Position of the first byte of the file as it is now. */
  #base = 0;
  /** How far the stream went at which time, for putting lines of several streams in order. */
  readonly #marks: { end: number; at: number }[] = [];

  constructor(path: string, maxBytes: number) {
    this.path = path;
    this.#maxBytes = maxBytes;
    for (let number = keptCopies; number >= 1; number -= 1) {
      const size = sizeOf(`${path}.${number}`);
      if (size === 0) continue;
      this.#copies.push({ path: `${path}.${number}`, from: this.#base, to: this.#base + size });
      this.#base += size;
    }
  }

  /** Opens the file for appending, owned by the instance so that it may open /dev/stdout again. */
  open(owner: Identity | null): number {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const fd = openSync(this.path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
    if (owner) chownSync(this.path, owner.uid, owner.gid);
    return fd;
  }

  get start(): number {
    return this.#copies[0]?.from ?? this.#base;
  }

  get end(): number {
    return this.#base + sizeOf(this.path);
  }

  /** Notes the growth and moves the content aside when it has become too long. */
  check(): void {
    const size = sizeOf(this.path);
    const end = this.#base + size;
    if (end !== (this.#marks.at(-1)?.end ?? this.#base)) this.#marks.push({ end, at: Date.now() });
    if (this.#marks.length > longestMarks) this.#marks.shift();
    if (size > this.#maxBytes) this.#rotate();
  }

  /** When the byte at a position was written, in milliseconds since the epoch, as nearly as it is known. */
  timeOf(position: number): number {
    return this.#marks.find(({ end }) => end > position)?.at ?? Date.now();
  }

  /** Up to `limit` bytes from a position on; later ones where the position is no longer kept. */
  read(position: number, limit: number): { bytes: Buffer; next: number } {
    const current = { path: this.path, from: this.#base, to: this.end };
    const segment = [...this.#copies, current].find(({ to }) => to > position);
    if (!segment) return { bytes: Buffer.alloc(0), next: Math.min(position, current.to) };
    const from = Math.max(position, segment.from);
    const bytes = readAt(segment.path, from - segment.from, Math.min(limit, segment.to - from));
    // What vanished in between is left out, or this would never get past it.
    const next = bytes.length === 0 ? segment.to : from + bytes.length;
    return { bytes, next };
  }

  #rotate(): void {
    const { copied, end } = moveAside(this.path, this.#maxBytes, keptCopies);
    const renamed = this.#copies.slice(1 - keptCopies).reverse();
    const older = renamed.map((copy, index) => ({ ...copy, path: `${this.path}.${index + 2}` })).reverse();
    const newest = { path: `${this.path}.1`, from: this.#base + end - copied, to: this.#base + end };
    this.#copies = copied > 0 ? [...older, newest] : [];
    this.#base += end;
  }
}

function readAt(path: string, offset: number, length: number): Buffer {
  try {
    const fd = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(Math.min(length, Math.max(0, fstatSync(fd).size - offset)));
      return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, offset));
    } finally {
      closeSync(fd);
    }
  } catch {
    return Buffer.alloc(0);
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
