import {
  appendFileSync,
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';

const chunkBytes = 65_536;

/**
 * Copies a file to `<path>.1`, after the older copies moved on by one, and empties it; who appends to it goes on at its
 * start. Of a file beyond twice `maxBytes` only the last `maxBytes` are copied. All in one go: only what is written
 * between the last read and the emptying is lost. Without space for the copy the older copies are given up as well, so
 * that an app's output cannot keep the disk full. Returns how many bytes were copied and how long the file was.
 */
export function moveAside(path: string, maxBytes: number, kept: number): { copied: number; end: number } {
  const source = openSync(path, 'r+');
  try {
    const { size } = fstatSync(source);
    const from = size > 2 * maxBytes ? size - maxBytes : 0;
    const draft = `${path}.draft`;
    const copied = copyTail(source, from, maxBytes, draft);
    ftruncateSync(source);
    if (copied === null) {
      dropCopies(path, kept);
      return { copied: 0, end: from };
    }
    for (let number = kept; number > 1; number -= 1) moveIfThere(`${path}.${number - 1}`, `${path}.${number}`);
    renameSync(draft, `${path}.1`);
    return { copied, end: from + copied };
  } finally {
    closeSync(source);
  }
}

/** Null when there was no space. A writer that is faster than the copy is not followed for ever. */
function copyTail(source: number, from: number, maxBytes: number, draft: string): number | null {
  const buffer = Buffer.alloc(chunkBytes);
  let copied = 0;
  try {
    const target = openSync(draft, 'w', 0o600);
    try {
      while (copied < 3 * maxBytes) {
        const length = readSync(source, buffer, 0, chunkBytes, from + copied);
        if (length === 0) break;
        for (let written = 0; written < length; ) {
          written += writeSync(target, buffer, written, length - written);
        }
        copied += length;
      }
      return copied;
    } finally {
      closeSync(target);
    }
  } catch {
    rmSync(draft, { force: true });
    return null;
  }
}

function dropCopies(path: string, kept: number): void {
  for (let number = 1; number <= kept; number += 1) rmSync(`${path}.${number}`, { force: true });
  try {
    appendFileSync(path, '[kova] earlier output was dropped: no space was left to keep it\n');
  } catch {
    // Still none.
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // There are not yet so many copies.
  }
}
