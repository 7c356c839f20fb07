import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { create, type ReadEntry, Unpack } from 'tar';

const allowedTypes = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory', 'SymbolicLink', 'Link']);

/** Writes a result as one file, modes, times and links as they are. @returns its hex SHA-256 */
export async function packResult(directory: string, file: string): Promise<string> {
  // `./` because node-tar takes a path that begins with @ for an archive to include.
  const names = (await readdir(directory)).map((name) => `./${name}`);
  const archive = create({ cwd: directory, portable: true, strict: true }, names) as unknown as AsyncIterable<Buffer>;
  const hash = createHash('sha256');
  await pipeline(archive, createZstdCompress(), hashed(hash), createWriteStream(file, { mode: 0o600 }));
  return hash.digest('hex');
}

/** The other way round, into a directory that is not there yet. Nothing is written outside of it. */
export async function unpackResult(file: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const filter = (_path: string, entry: unknown) => {
    const { type, mode = 0 } = entry as ReadEntry;
    return allowedTypes.has(type) && (mode & 0o7000) === 0;
  };
  const unpack = new Unpack({ cwd: directory, strict: true, preserveOwner: false, filter });
  await pipeline(createReadStream(file), createZstdDecompress(), unpack as unknown as NodeJS.WritableStream);
}

function hashed(hash: ReturnType<typeof createHash>): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}
