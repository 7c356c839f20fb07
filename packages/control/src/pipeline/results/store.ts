import { randomUUID } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explainDiskFull } from '../../artefacts/disk-full.ts';
import type { Identity } from '../../home/unprivileged.ts';
import type { Kept, Results } from '../../ports/results.ts';
import { layOutTree } from './lay-out.ts';
import { linkTree } from './link-tree.ts';
import { pruneResults } from './prune.ts';
import { sizeOnDisk } from './size.ts';
import { takeOutputs } from './take.ts';

/** Longer than a run may take to come back to a result that it counted on. */
const graceMs = 24 * 3_600_000;

/** In a directory of this machine: `<key>/report.json`, `<key>/outputs/`, `<key>/files/`, and `<key>/log` if it is kept. */
export class LocalResults implements Results {
  readonly #directory: string;
  readonly #withLog: boolean;

  /** @param options withLog: a copy of its log is kept with each, for machines that have no other */
  constructor(directory: string, { withLog = false } = {}) {
    this.#directory = directory;
    this.#withLog = withLog;
  }

  /** Where a result lies, if it is there. */
  pathOf(key: string): string {
    return join(this.#directory, key);
  }

  /** A place for one that is not whole yet; what is left of it is removed with time. */
  newDraft(): string {
    return join(this.#directory, `.draft-${randomUUID()}`);
  }

  /** Takes a whole result that lies in a draft. One that is there already stays. */
  async adopt(key: string, draft: string): Promise<void> {
    const report = join(draft, 'report.json');
    const kept = JSON.parse(await readFile(report, 'utf8')) as Kept;
    const bytes = await sizeOnDisk(draft);
    await writeFile(report, JSON.stringify({ ...kept, bytes, log: join(this.pathOf(key), 'log') }), { mode: 0o600 });
    await this.#settle(key, draft);
  }

  async find(key: string): Promise<Kept | null> {
    const file = join(this.#directory, key, 'report.json');
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text === null) return null;
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
    return JSON.parse(text) as Kept;
  }

  async keep(key: string, result: Omit<Kept, 'bytes'>, workspace: string, files: string | null = null): Promise<void> {
    const draft = this.newDraft();
    try {
      await mkdir(join(draft, 'outputs'), { recursive: true, mode: 0o700 });
      await takeOutputs(workspace, result.report.outputs, join(draft, 'outputs'));
      if (files) await copyIfThere(files, join(draft, 'files'));
      if (this.#withLog) await copyIfThere(result.log, join(draft, 'log'));
      const kept: Kept = { ...result, bytes: await sizeOnDisk(draft) };
      await writeFile(join(draft, 'report.json'), JSON.stringify(kept), { mode: 0o600 });
      await this.#settle(key, draft);
    } catch (error) {
      throw explainDiskFull(error, 'keeping what a job made', this.#directory);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }

  async prune(maxBytes: number): Promise<number> {
    return pruneResults(this.#directory, maxBytes, graceMs);
  }

  async layOutFiles(key: string, target: string): Promise<void> {
    await linkTree(join(this.#directory, key, 'files'), target);
  }

  async layOut(key: string, workspace: string, as: Identity | null): Promise<void> {
    const kept = await this.find(key);
    for (const path of kept?.report.outputs ?? []) {
      await layOutTree(join(this.#directory, key, 'outputs', path), workspace, path, as);
    }
  }

  async #settle(key: string, draft: string): Promise<void> {
    await rename(draft, this.pathOf(key)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
