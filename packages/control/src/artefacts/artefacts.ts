import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, chown, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isErrorCode, KovaError } from '@kova/core/errors/kova-error';
import { isThere } from '../commands/is-there.ts';
import type { Artefacts, UnpackOptions } from '../ports/artefacts.ts';
import { digestOf, pathOf } from './digest.ts';
import { explainDiskFull } from './disk-full.ts';
import { writeArchive } from './pack.ts';
import { pruneArtefacts } from './prune.ts';
import { replaceDirectory } from './replace.ts';
import { type ReadOptions, readArchive } from './unpack.ts';

export interface ArtefactOptions {
  /** Files, directories and links that an artefact may hold. */
  maxEntries?: number;
  /** Bytes that an artefact may hold, unpacked. */
  maxBytes?: number;
  /** How long `prune` spares what was packed lately, in ms: its release may not be recorded yet. */
  graceMs?: number;
}

const gibibyte = 1024 ** 3;
const hour = 3_600_000;

/** Artefacts as `sha256/<2 hex>/<digest>.tar.zst` files in a directory of this machine. */
export function createArtefacts(directory: string, options: ArtefactOptions = {}): Artefacts {
  const limits = { entries: options.maxEntries ?? 500_000, bytes: options.maxBytes ?? 8 * gibibyte };
  const graceMs = options.graceMs ?? hour;
  return {
    pack: (source) => pack(directory, source),
    unpack: async (digest, target, options) =>
      unpack(pathOf(directory, digest), digest, target, { ...limits, ...options }),
    has: async (digest) => {
      if (await isThere(pathOf(directory, digest))) return true;
      await assertReachable(directory);
      return false;
    },
    prune: (keep) => pruneArtefacts(directory, { keep, graceMs }),
  };
}

async function pack(directory: string, source: string): Promise<{ digest: string; bytes: number }> {
  const draft = join(directory, 'drafts', randomUUID());
  try {
    await mkdir(dirname(draft), { recursive: true, mode: 0o700 });
    await writeArchive(source, draft);
    const digest = await digestOf(draft);
    const path = pathOf(directory, digest);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rename(draft, path);
    await syncDirectory(dirname(path));
    return { digest, bytes: (await stat(path)).size };
  } catch (error) {
    throw explainAway(explainDiskFull(error, 'packing the artefact', directory), directory);
  } finally {
    // Where it cannot be removed, pruning does so later; the error that counts is the other one.
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

async function unpack(
  file: string,
  digest: string,
  target: string,
  { readers, signal, ...reading }: ReadOptions & UnpackOptions,
): Promise<void> {
  if (!(await isThere(file))) {
    await assertReachable(dirname(dirname(dirname(file))));
    throw new KovaError('ARTEFACT_MISSING', `there is no artefact ${digest}`);
  }
  const found = await digestOf(file).catch((cause: Error) => {
    throw new KovaError('ARTEFACT_CORRUPT', `${digest} cannot be read: ${cause.message}`, { cause });
  });
  // What was read by one that was given up may be there no more.
  signal?.throwIfAborted();
  if (found !== digest) {
    // Out of the way, so that the commit is built again when it is shipped again.
    await rename(file, `${file}.corrupt`);
    throw new KovaError('ARTEFACT_CORRUPT', `the bytes of ${digest} are those of ${found}`);
  }
  try {
    await replaceDirectory(target, async (draft) => {
      signal?.throwIfAborted();
      await readArchive(file, draft, reading);
      if (readers !== undefined) await closeTo(draft, readers);
      signal?.throwIfAborted();
    });
  } catch (cause) {
    throw explainUnpack(explainDiskFull(cause, `unpacking ${digest}`, target), digest);
  }
}

/** An artefact that is gone is another matter than a disk that is not there. */
async function assertReachable(directory: string): Promise<void> {
  await access(directory, constants.R_OK | constants.X_OK).catch((error: unknown) => {
    throw explainAway(error, directory);
  });
}

const away = new Set(['ENOENT', 'ENOTDIR', 'EEXIST', 'EACCES', 'EPERM', 'EROFS', 'EIO']);

function explainAway(error: unknown, directory: string): unknown {
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (!away.has(code ?? '') || !path?.startsWith(directory)) return error;
  const what = `the artefacts in ${directory} cannot be reached: ${message}`;
  return new KovaError('ARTEFACTS_UNAVAILABLE', what, { cause: error });
}

async function closeTo(directory: string, group: number): Promise<void> {
  await chown(directory, process.getuid?.() ?? 0, group);
  await chmod(directory, 0o750);
}

/** The bytes are those that were packed; if they are no archive all the same, they were damaged before. */
function explainUnpack(error: unknown, digest: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (isErrorCode(code) || typeof code !== 'string' || !/^(TAR_|Z|ERR_|ZSTD)/.test(code)) return error;
  return new KovaError('ARTEFACT_CORRUPT', `${digest} is not a readable archive: ${message}`, { cause: error });
}

/** A rename is only kept over a power cut when its directory is synced. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}
