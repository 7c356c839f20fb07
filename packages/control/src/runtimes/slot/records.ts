import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SlotId } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import { z } from 'zod';
import type { SlotSpec } from '../../ports/runtime.ts';
import { writtenSpec } from './spec.ts';

/** What a slot is meant to do. A stopped slot keeps its specification so that its logs can still be scrubbed. */
const slotRecord = z.object({ wanted: z.enum(['running', 'stopped']), spec: writtenSpec });

/** What every record of an instance has; each kind of runtime adds what it launched, and where. */
export const launchRecord = z.object({
  /** Unique to one launch; what was launched carries it. */
  launch: z.string().min(1),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  readyAt: z.number().nullable(),
  restarts: z.number(),
  history: z.object({
    ends: z.array(z.number()),
    count: z.number(),
    everReady: z.boolean(),
    crashLoop: z.string().nullable(),
  }),
});

export type SlotRecord = z.infer<typeof slotRecord>;
export type LaunchRecord = z.infer<typeof launchRecord>;

const slotFile = 'slot.json';
const runtimeIdFile = 'runtime-id';

/** What the runtime must know after a crash: `<directory>/<slot>/slot.json` and `<n>.json`, each replaced as a whole. */
export class Records<R extends LaunchRecord> {
  readonly #directory: string;
  readonly #schema: z.ZodType<R>;

  constructor(directory: string, schema: z.ZodType<R>) {
    this.#directory = directory;
    this.#schema = schema;
  }

  /** The id of this runtime, in every launch of it; made at the first call. */
  async runtimeId(): Promise<string> {
    const known = await this.knownRuntimeId();
    if (known !== '') return known;
    const id = randomUUID();
    await replaceFile(join(this.#directory, runtimeIdFile), id, true);
    return id;
  }

  /** Empty when no runtime has worked in this directory. */
  knownRuntimeId(): Promise<string> {
    return readFile(join(this.#directory, runtimeIdFile), 'utf8').catch(() => '');
  }

  async slots(): Promise<SlotRecord[]> {
    const entries = await readdir(this.#directory, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory());
    const records = await Promise.all(folders.map((folder) => readSlot(join(this.#directory, folder.name, slotFile))));
    return records.filter((record) => record !== null);
  }

  /** On disk when this returns, also should the machine lose power. */
  async saveSlot(record: SlotRecord): Promise<void> {
    const folder = this.#folder(record.spec.slot);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await replaceFile(join(folder, slotFile), JSON.stringify(record), true);
  }

  /** One for each instance that the slot shall have; null where none was launched. */
  instances({ slot, instances }: SlotSpec): Promise<(R | null)[]> {
    const indices = Array.from({ length: instances }, (_, index) => index);
    return Promise.all(indices.map((index) => readRecord(this.#instanceFile(slot, index), this.#schema)));
  }

  async saveInstance(slot: SlotId, index: number, record: R): Promise<void> {
    await replaceFile(this.#instanceFile(slot, index), JSON.stringify(record), false);
  }

  async removeInstance(slot: SlotId, index: number): Promise<void> {
    await rm(this.#instanceFile(slot, index), { force: true });
  }

  #instanceFile(slot: SlotId, index: number): string {
    return join(this.#folder(slot), `${index}.json`);
  }

  #folder(slot: SlotId): string {
    return join(this.#directory, encodeURIComponent(slot));
  }
}

/**
 * Null when there is none yet. One that cannot be understood stops the recovery: going on would end what it stands for.
 * @throws KovaError INTERNAL
 */
async function readSlot(path: string): Promise<SlotRecord | null> {
  const record = await readRecord(path, slotRecord);
  if (record !== null || !existsSync(path)) return record;
  throw new KovaError('INTERNAL', `${path} cannot be understood; the instances of its slot were left alone`, {
    next: 'Start the version of Kova that wrote it, or restore the file.',
  });
}

/** Null when there is none, or when it is not whole: after a loss of power it is as if it had not been written. */
async function readRecord<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

async function replaceFile(path: string, text: string, durable: boolean): Promise<void> {
  const draft = `${path}.draft`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    if (durable) await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
