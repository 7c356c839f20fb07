import { randomUUID } from 'node:crypto';
import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Identity } from '../../home/unprivileged.ts';
import { existing } from './existing.ts';
import { layOutTree } from './lay-out.ts';
import { takeOutputs } from './take.ts';

/**
 * What a job hands on to its own next run, whatever the commit: caches of its tools. It makes the next run faster and
 * nothing else, so that it may be gone at any time and is no part of the job's key.
 */
export class Carried {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Lays out what the last run left. */
  async bring(project: string, job: string, paths: readonly string[], workspace: string, as: Identity | null) {
    const left = this.#of(project, job);
    for (const path of await existing(left, paths)) {
      // Only where the checkout has nothing of its own.
      if (await lstat(join(workspace, path)).catch(() => null)) continue;
      await layOutTree(join(left, path), workspace, path, as, { copyAll: true });
    }
  }

  /** Takes what this run left, in place of what the one before did. Never fails a job. */
  async take(project: string, job: string, paths: readonly string[], workspace: string): Promise<void> {
    const draft = join(this.#directory, `.draft-${randomUUID()}`);
    const [there, target] = [await existing(workspace, paths), this.#of(project, job)];
    if (there.length === 0) return;
    try {
      await mkdir(draft, { recursive: true, mode: 0o700 });
      await takeOutputs(workspace, there, draft);
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await rm(target, { recursive: true, force: true });
      await rename(draft, target);
    } catch {
      await rm(draft, { recursive: true, force: true });
    }
  }

  #of(project: string, job: string): string {
    return join(this.#directory, project, encodeURIComponent(job));
  }
}
