import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { accepts, isElsewhere, pidNamespace } from './elsewhere.ts';
import { startTimeOf } from './identity.ts';

const edgeFileSchema = z.strictObject({
  pid: z.int().min(1),
  startTime: z.string(),
  pidNamespace: z.string().nullish(),
  listen: z.array(z.string()),
  listenTls: z.array(z.string()).default([]),
});

/** `edge.json`: who runs in this directory. */
export type EdgeFile = z.infer<typeof edgeFileSchema>;

export function socketPathOf(dir: string): string {
  return join(dir, 'control.sock');
}

export async function writeEdgeFile(dir: string, edge: Omit<EdgeFile, 'pidNamespace'>): Promise<void> {
  const path = join(dir, 'edge.json');
  await writeFile(`${path}.tmp`, `${JSON.stringify({ ...edge, pidNamespace: pidNamespace() })}\n`, { mode: 0o600 });
  await rename(`${path}.tmp`, path);
}

/** The edge whose process is alive, or null; one in another container is alive while its control socket is open. */
export async function readLiveEdge(dir: string): Promise<EdgeFile | null> {
  try {
    const edge = edgeFileSchema.parse(JSON.parse(await readFile(join(dir, 'edge.json'), 'utf8')));
    return (await isAlive(dir, edge)) ? edge : null;
  } catch {
    return null;
  }
}

async function isAlive(dir: string, edge: EdgeFile): Promise<boolean> {
  if (isElsewhere(edge)) return accepts({ path: socketPathOf(dir) });
  return startTimeOf(edge.pid) === edge.startTime;
}
