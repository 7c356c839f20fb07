import { createReadStream } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import type { KovaError } from '@kova/core/errors/kova-error';
import { type ReadEntry, Unpack } from 'tar';
import { contentsOf, staysInside, unsafe } from './contents.ts';

export interface ReadOptions {
  /** See `UnpackOptions`; what else is in the archive is checked all the same. */
  only?: string | undefined;
  /** Files, directories and links together. */
  entries: number;
  /** Of the tar, unpacked. */
  bytes: number;
}

const allowedTypes = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory', 'SymbolicLink']);

/**
 * Unpacks an archive into an empty directory; all of it belongs to this process's user, 0755 or 0644.
 * Files get the time of unpacking: a fixed one would give two versions of a file the same ETag where servers
 * make it of size and time.
 * @throws KovaError ARTEFACT_UNSAFE; what went wrong is left half done in the directory
 */
export async function readArchive(
  file: string,
  directory: string,
  { only, entries: maxEntries, bytes }: ReadOptions,
): Promise<void> {
  let entries = 0;
  let problem: KovaError | undefined;
  const filter = (path: string, entry: unknown) => {
    entries += 1;
    if (entries > maxEntries) problem ??= unsafe(`it has more than ${maxEntries} entries`);
    const complaint = complaintAbout(path, entry as ReadEntry);
    if (complaint) problem ??= unsafe(complaint);
    return problem === undefined && (only === undefined || isIn(only, path));
  };
  const unpack = new Unpack({
    cwd: directory,
    strict: true,
    preserveOwner: false,
    noMtime: true,
    filter,
  });
  try {
    await pipeline(
      createReadStream(file),
      createZstdDecompress(),
      atMost(bytes),
      unpack as unknown as NodeJS.WritableStream,
    );
  } catch (error) {
    throw problem ?? explain(error);
  }
  if (problem) throw problem;
  await openUp(directory);
}

function isIn(directory: string, path: string): boolean {
  return !posix.relative(directory, path).startsWith('..');
}

/** Checks what is there now, and gives back the rights that the mask of this process took. */
async function openUp(directory: string): Promise<void> {
  for (const { path, stats } of await contentsOf(directory)) {
    if (!stats.isSymbolicLink()) await setMode(join(directory, path), stats.mode);
  }
  await chmod(directory, 0o755);
}

async function setMode(path: string, mode: number): Promise<void> {
  const wanted = (mode & 0o100) === 0 ? 0o644 : 0o755;
  if ((mode & 0o777) !== wanted) await chmod(path, wanted);
}

function complaintAbout(path: string, entry: ReadEntry): string | null {
  if (!staysInside(path) || path.split('/').includes('..')) return `${path} leads out of the artefact`;
  if (!allowedTypes.has(entry.type)) return `${path} is a ${entry.type}`;
  if (((entry.mode ?? 0) & 0o7000) !== 0) return `${path} has a setuid, setgid or sticky bit`;
  if (entry.type === 'SymbolicLink' && !linkStaysInside(path, entry.linkpath ?? '')) {
    return `${path} is a link to ${entry.linkpath}, which leads out of the artefact`;
  }
  return null;
}

function linkStaysInside(path: string, target: string): boolean {
  return !posix.isAbsolute(target) && staysInside(posix.join(posix.dirname(path), target));
}

/** What node-tar refuses by itself, told apart from bytes that are no archive. */
function explain(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'TAR_SYMLINK_ERROR' || code === 'TAR_ENTRY_ERROR' ? unsafe(message) : error;
}

function atMost(bytes: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > bytes) done(unsafe(`unpacked it is larger than ${bytes} bytes`));
      else done(null, chunk);
    },
  });
}
