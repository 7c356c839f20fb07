import { rm, stat } from 'node:fs/promises';
import { sha256Of } from '../../../artefacts/digest.ts';
import type { Identity } from '../../../home/unprivileged.ts';
import type { Kept, Results } from '../../../ports/results.ts';
import type { LocalResults } from '../store.ts';
import type { ListedObject, ObjectStore } from './objects.ts';
import { packResult, unpackResult } from './pack.ts';

/** How long a store that could not be asked is left alone. */
const pauseMs = 60_000;
const day = 24 * 3_600_000;
/** What S3 takes at once. */
const maxObjectBytes = 5 * 1024 ** 3;

export interface SharedOptions {
  /** Of the bucket; null leaves that to its own rules. */
  maxBytes?: number | null;
  /** A result that is found so long after it was written is written again: what is old then is what nobody uses. */
  rewriteAfterMs?: number;
}

/**
 * Results that several machines share, in a bucket: one archive each. Those of this machine lie in front, as files can
 * be linked only where they are. The bucket makes runs faster and nothing else: without it each job is run as if its
 * result had never been there, and what it holds is taken for true only when its digest is right.
 */
export class SharedResults implements Results {
  readonly #local: LocalResults;
  readonly #objects: ObjectStore;
  readonly #say: (words: string) => void;
  readonly #maxBytes: number | null;
  readonly #rewriteAfterMs: number;
  readonly #bringing = new Map<string, Promise<void>>();
  readonly #corrupt = new Set<string>();
  #awayUntil = 0;

  constructor(local: LocalResults, objects: ObjectStore, say: (words: string) => void, options: SharedOptions = {}) {
    this.#local = local;
    this.#objects = objects;
    this.#say = say;
    this.#maxBytes = options.maxBytes ?? null;
    this.#rewriteAfterMs = options.rewriteAfterMs ?? day;
  }

  async find(key: string): Promise<Kept | null> {
    const kept = await this.#local.find(key);
    if (kept) return kept;
    const bringing = this.#bringing.get(key) ?? this.#ask(() => this.#bring(key));
    this.#bringing.set(key, bringing);
    await bringing.finally(() => this.#bringing.delete(key));
    return this.#local.find(key);
  }

  async keep(key: string, result: Omit<Kept, 'bytes'>, workspace: string, files: string | null = null): Promise<void> {
    await this.#local.keep(key, result, workspace, files);
    await this.#ask(() => this.#give(key));
  }

  async layOut(key: string, workspace: string, as: Identity | null): Promise<void> {
    await this.find(key);
    await this.#local.layOut(key, workspace, as);
  }

  layOutFiles(key: string, target: string): Promise<void> {
    return this.#local.layOutFiles(key, target);
  }

  /** What is kept here; the bucket has a limit of its own. */
  async prune(maxBytes: number): Promise<number> {
    const limit = this.#maxBytes;
    if (limit !== null) await this.#ask(() => this.#pruneObjects(limit));
    return this.#local.prune(maxBytes);
  }

  async #bring(key: string): Promise<void> {
    const draft = this.#local.newDraft();
    const file = `${draft}.tar.zst`;
    try {
      const got = await this.#objects.get(nameOf(key), file);
      if (got === null) return;
      if ((await sha256Of(file)) !== got.digest) return this.#refuse(key, 'its digest is wrong');
      const whole = await unpackResult(file, draft).catch((error: Error) => error);
      if (whole) return this.#refuse(key, whole.message);
      await this.#local.adopt(key, draft);
      const old = Date.now() - got.writtenAt.getTime() >= this.#rewriteAfterMs;
      if (old) await this.#objects.put(nameOf(key), file, got.digest);
    } finally {
      await rm(file, { force: true });
      await rm(draft, { recursive: true, force: true });
    }
  }

  #refuse(key: string, why: string): void {
    this.#corrupt.add(key);
    this.#say(`the result ${key} in ${this.#objects.place} is not used: ${why}`);
  }

  async #give(key: string): Promise<void> {
    if (!this.#corrupt.has(key) && (await this.#objects.has(nameOf(key)))) return;
    const file = `${this.#local.newDraft()}.tar.zst`;
    try {
      const digest = await packResult(this.#local.pathOf(key), file);
      if ((await stat(file)).size > maxObjectBytes) return this.#say(`the result ${key} is too large to be shared`);
      await this.#objects.put(nameOf(key), file, digest);
      this.#corrupt.delete(key);
    } finally {
      await rm(file, { force: true });
    }
  }

  async #pruneObjects(maxBytes: number): Promise<void> {
    const all: ListedObject[] = await Array.fromAsync(this.#objects.list());
    let held = 0;
    for (const { name, bytes } of all.sort((a, b) => b.writtenAt.getTime() - a.writtenAt.getTime())) {
      held += bytes;
      if (held > maxBytes) await this.#objects.remove(name);
    }
  }

  /** No trouble with the bucket is one of the job. It is said once, and the bucket left alone for a while. */
  async #ask(work: () => Promise<void>): Promise<void> {
    if (Date.now() < this.#awayUntil) return;
    try {
      await work();
    } catch (error) {
      this.#awayUntil = Date.now() + pauseMs;
      const { message, cause } = error as Error;
      const why = cause instanceof Error ? `${message}: ${cause.message}` : message;
      this.#say(`results are not shared for a minute: ${this.#objects.place} cannot be used: ${why}`);
    }
  }
}

function nameOf(key: string): string {
  return `${key}.tar.zst`;
}
