import { readFile, rename } from 'node:fs/promises';
import { routeSchema } from '@kova/core/traffic/route';
import { z } from 'zod';
import { writeDurably } from '../process/durable-file.ts';

const tableFileSchema = z.strictObject({
  format: z.literal(1),
  routes: z.array(routeSchema),
  /** Versions of removed routes: a later route of that id must be higher. */
  removed: z.record(z.string(), z.int()),
});

export type TableFile = z.infer<typeof tableFileSchema>;

/** Reads the table; an unreadable one is set aside as `.bad`, and the edge starts empty, loudly. */
export async function loadTable(path: string): Promise<TableFile> {
  const empty: TableFile = { format: 1, routes: [], removed: {} };
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return empty;
    throw error;
  }
  try {
    return tableFileSchema.parse(JSON.parse(text));
  } catch (error) {
    console.error(`ROUTES LOST: ${path} is unreadable; kept as ${path}.bad, starting without routes:`, error);
    await rename(path, `${path}.bad`);
    return empty;
  }
}

/** Replaces the table on disk: after a crash at any point the file is the old or the new one, whole. */
export function saveTable(path: string, table: TableFile): Promise<void> {
  return writeDurably(path, JSON.stringify(table));
}
