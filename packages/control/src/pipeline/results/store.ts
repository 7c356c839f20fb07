import { randomUUID } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explainDiskFull } from '../../artefacts/disk-full.ts';
import type { Identity } from '../../home/unprivileged.ts';
import type { JobReport } from '../../ports/job-runner.ts';
import { layOutTree } from './lay-out.ts';
import { pruneResults } from './prune.ts';
import { sizeOnDisk } from './size.ts';
import { takeOutputs } from './take.ts';

/** Longer than a run may take to come back to a result that it counted on. */
const graceMs = 24 * 3_600_000;

/** A result as it is kept. */
export interface Kept {
  report: JobReport;
  /** The log of the run that made it. */
  log: string;
  /** Of the outputs, on the disk. */
  bytes: number;
}

/**
 * What jobs came to, by the digest of all that it depends on: `<key>/report.json`, `<key>/outputs/`, `<key>/files/`.
 * A result is there as a whole or not at all.
 */
export class Results {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Null when there is none. Whoever asks for a result keeps it from being pruned for a while. */
  async find(key: string): Promise<Kept | null> {
    const file = join(this.#directory, key, 'report.json');
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text === null) return null;
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
    return JSON.parse(text) as Kept;
  }

  /**
   * Takes the outputs out of a workspace that nothing works in any more, and keeps them with the report and a copy of
   * the files that the job left for people, if any. A result that is there already stays.
   * @throws KovaError ARTEFACT_UNSAFE when an output leads out of it
   */
  async keep(key: string, result: Omit<Kept, 'bytes'>, workspace: string, files: string | null = null): Promise<void> {
    const draft = join(this.#directory, `.draft-${randomUUID()}`);
    try {
      await mkdir(join(draft, 'outputs'), { recursive: true, mode: 0o700 });
      await takeOutputs(workspace, result.report.outputs, join(draft, 'outputs'));
      if (files) await copyIfThere(files, join(draft, 'files'));
      const kept: Kept = { ...result, bytes: await sizeOnDisk(draft) };
      await writeFile(join(draft, 'report.json'), JSON.stringify(kept), { mode: 0o600 });
      await rename(draft, join(this.#directory, key)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      });
    } catch (error) {
      throw explainDiskFull(error, 'keeping what a job made', this.#directory);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }

  /** Keeps `maxBytes` at most, those used last. */
  async prune(maxBytes: number): Promise<number> {
    return pruneResults(this.#directory, maxBytes, graceMs);
  }

  /** Puts the files that were left with a result where those of another run are looked for. */
  async layOutFiles(key: string, target: string): Promise<void> {
    await copyIfThere(join(this.#directory, key, 'files'), target);
  }

  /** Puts the outputs of a result into a workspace, for `as`. */
  async layOut(key: string, workspace: string, as: Identity | null): Promise<void> {
    const kept = await this.find(key);
    for (const path of kept?.report.outputs ?? []) {
      await layOutTree(join(this.#directory, key, 'outputs', path), workspace, path, as);
    }
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
