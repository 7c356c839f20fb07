import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { releaseInContext } from '@kova/render/docker';
import { create } from 'tar';
import type { Artefacts } from '../ports/artefacts.ts';

export interface ContextWish {
  artefact: string;
  dockerfile: string;
  /** Of all files in it. */
  time: Date;
  signal: AbortSignal;
}

/** What an image is built of. */
export interface BuildContext {
  /** Directory of the release, unpacked. */
  release: string;
  /** All of it as a tar, anew for each build. */
  tar(): Readable;
}

/**
 * Hands the context of builds to `use`: the Dockerfile, and the release as its artefact has it, in which no link leads
 * out. The same artefact gives the same layer.
 */
export async function withContext<T>(
  directory: string,
  artefacts: Artefacts,
  { artefact, dockerfile, time, signal }: ContextWish,
  use: (context: BuildContext) => Promise<T>,
): Promise<T> {
  const draft = join(directory, randomUUID());
  const release = join(draft, releaseInContext);
  try {
    await mkdir(join(release, '..'), { recursive: true, mode: 0o700 });
    await artefacts.unpack(artefact, release, { signal });
    await writeFile(join(draft, 'Dockerfile'), dockerfile);
    const options = { cwd: draft, portable: true, mtime: time, strict: true };
    const tar = () => Readable.from(create(options, ['Dockerfile', 'root']) as unknown as AsyncIterable<Buffer>);
    return await use({ release, tar });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const oldMs = 7_200_000;

/** What builds that were cut short have left: none takes that long. */
export async function removeOldContexts(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const { mtimeMs } = await stat(join(directory, name)).catch(() => ({ mtimeMs: Date.now() }));
    if (mtimeMs < Date.now() - oldMs) await rm(join(directory, name), { recursive: true, force: true });
  }
}
