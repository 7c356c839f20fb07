import type { Stats } from 'node:fs';
import { createWriteStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { create } from 'tar';
import { type Content, contentsOf } from './contents.ts';

/** Fixed: another level gives another digest for the same content. */
const zstd = {
  params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
} as const;

/** Writes the directory as a compressed tar into `file`, synced to disk; the same bytes for the same content. */
export async function writeArchive(directory: string, file: string): Promise<void> {
  const contents = [{ path: '', stats: await lstat(directory) }, ...(await contentsOf(directory))];
  const archive = archiveOf(directory, contents);
  const compress = createZstdCompress(zstd);
  const sink = createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true });
  await Promise.all([feed(archive, compress), pipeline(compress, sink)]);
}

/**
 * Not by `pipeline`: zlib writes other bytes when it knows of the end along with the last chunk, which is a matter
 * of timing. Here it always learns of it afterwards.
 */
async function feed(chunks: AsyncIterable<Buffer>, sink: Writable): Promise<void> {
  try {
    for await (const chunk of chunks) await write(sink, chunk);
    sink.end();
  } catch (error) {
    sink.destroy(error as Error);
    throw error;
  }
}

function write(sink: Writable, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}

function archiveOf(cwd: string, contents: readonly Content[]): AsyncIterable<Buffer> {
  const statCache = new Map<string, Stats>(contents.map(({ path, stats }) => [join(cwd, path), normalised(stats)]));
  // `./` because node-tar takes a path that begins with @ for an archive to include.
  const paths = contents.map(({ path }) => `./${path}`);
  const options = { cwd, statCache, portable: true, noMtime: true, noDirRecurse: true, strict: true };
  return create(options, paths) as unknown as AsyncIterable<Buffer>;
}

/** Only whether a file can be executed is kept of its mode; files that share an inode are written out, each whole. */
function normalised(stats: Stats): Stats {
  const executable = stats.isDirectory() || (stats.mode & 0o100) !== 0;
  stats.mode = (stats.mode & ~0o7777) | (executable ? 0o755 : 0o644);
  stats.nlink = 1;
  return stats;
}
