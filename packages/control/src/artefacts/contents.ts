import type { Stats } from 'node:fs';
import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, posix, resolve, sep } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';

export interface Content {
  /** Relative to the directory. */
  path: string;
  stats: Stats;
}

/**
 * All that lies in a directory, sorted by path; links are not followed.
 * @throws KovaError ARTEFACT_UNSAFE for a link that is absolute or leads out, and for sockets, pipes and devices
 */
export async function contentsOf(directory: string): Promise<Content[]> {
  const root = await realpath(directory);
  const contents: Content[] = [];
  for await (const content of walk(root, '')) {
    const { path, stats } = content;
    if (stats.isSymbolicLink()) await checkLink(root, path);
    else if (!stats.isFile() && !stats.isDirectory()) throw unsafe(`${path} is neither a file, a directory nor a link`);
    contents.push(content);
  }
  return contents;
}

/** Not `readdir` with `recursive`, which follows links to directories. */
async function* walk(root: string, below: string): AsyncIterable<Content> {
  for (const name of (await readdir(join(root, below))).sort()) {
    const path = posix.join(below, name);
    const stats = await lstat(join(root, path));
    yield { path, stats };
    if (stats.isDirectory()) yield* walk(root, path);
  }
}

async function checkLink(root: string, path: string): Promise<void> {
  const at = join(root, path);
  const target = await readlink(at);
  if (isAbsolute(target)) throw unsafe(`${path} is a link to the absolute path ${target}`);
  const named = resolve(dirname(at), target);
  const real = await realpath(at).catch(() => named);
  for (const place of [named, real]) {
    if (place !== root && !place.startsWith(root + sep)) {
      throw unsafe(`${path} is a link to ${target}, which leads out of the artefact`);
    }
  }
}

/** Whether a path of an archive is relative and never leads upwards out of it. */
export function staysInside(path: string): boolean {
  const plain = posix.normalize(path);
  return !isAbsolute(plain) && plain !== '..' && !plain.startsWith('../');
}

export function unsafe(what: string): KovaError {
  return new KovaError('ARTEFACT_UNSAFE', what);
}
