import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Secret } from '@kova/core/secret';
import { bytePattern } from '../commands/scrubber.ts';

type Pattern = NonNullable<ReturnType<typeof bytePattern>>;

/**
 * Blots out every secret in the files of a directory, byte for byte with `*`, so that what stands at a place in a file
 * stays there. What is compressed is not looked into.
 * @returns the files that had one
 */
export async function scrubFiles(directory: string, secrets: readonly Secret[]): Promise<string[]> {
  const pattern = bytePattern(secrets);
  if (!pattern) return [];
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if (!(await hasOne(path, pattern))) continue;
    await rewrite(path, pattern);
    found.push(path);
  }
  return found;
}

async function hasOne(path: string, pattern: Pattern): Promise<boolean> {
  for await (const { found } of blotted(path, pattern)) if (found) return true;
  return false;
}

async function rewrite(path: string, pattern: Pattern): Promise<void> {
  const draft = `${path}.scrubbed`;
  const bytes = async function* () {
    for await (const { text } of blotted(path, pattern)) yield Buffer.from(text, 'latin1');
  };
  await pipeline(Readable.from(bytes()), createWriteStream(draft, { mode: 0o600 }));
  await rename(draft, path);
}

/** A file piece by piece; what could be the beginning of a secret at the end of one is looked at with the next. */
async function* blotted(path: string, { pattern, longest }: Pattern) {
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'latin1', highWaterMark: 1 << 18 })) {
    const before = rest + chunk;
    const text = before.replace(pattern, (match) => '*'.repeat(match.length));
    const whole = Math.max(0, text.length - longest + 1);
    rest = text.slice(whole);
    yield { text: text.slice(0, whole), found: text !== before };
  }
  yield { text: rest, found: false };
}
