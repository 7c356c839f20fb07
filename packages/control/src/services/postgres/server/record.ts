import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const record = z.object({ port: z.int().positive(), socketDirectory: z.string() });

/** Where a cluster was last to be found, and shall be again: `cluster.json`. */
export type ClusterRecord = z.output<typeof record>;

/** Null when there is none that can be read; then both are chosen anew. */
export async function readRecord(directory: string): Promise<ClusterRecord | null> {
  try {
    return record.parse(JSON.parse(await readFile(join(directory, 'cluster.json'), 'utf8')));
  } catch {
    return null;
  }
}

export async function writeRecord(directory: string, { port, socketDirectory }: ClusterRecord): Promise<void> {
  const path = join(directory, 'cluster.json');
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify({ port, socketDirectory }), { mode: 0o600, flag: 'wx' });
  await rename(draft, path);
}
