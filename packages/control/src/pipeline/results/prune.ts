import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

interface Entry {
  path: string;
  bytes: number;
  usedAt: number;
}

/** A draft that was written to this recently may still be worked on. */
const draftGraceMs = 3_600_000;

/**
 * Removes the results that were not used for the longest time until the rest holds `maxBytes` at most; those used
 * within `graceMs` stay: a run may count on them. Returns the bytes freed.
 */
export async function pruneResults(directory: string, maxBytes: number, graceMs: number): Promise<number> {
  const now = Date.now();
  await removeDrafts(directory, now);
  const entries = (await entriesOf(directory)).sort((a, b) => b.usedAt - a.usedAt);
  let held = 0;
  let freed = 0;
  for (const { path, bytes, usedAt } of entries) {
    held += bytes;
    if (held <= maxBytes || now - usedAt < graceMs) continue;
    await remove(path);
    freed += bytes;
  }
  return freed;
}

/** Out of sight first: a result that is half removed must not be found. */
async function remove(path: string): Promise<void> {
  const aside = join(path, '..', `.draft-removed-${path.slice(path.lastIndexOf('/') + 1)}`);
  await rename(path, aside);
  await rm(aside, { recursive: true, force: true });
}

async function entriesOf(directory: string): Promise<Entry[]> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => !name.startsWith('.'));
  const entries = names.map(async (name) => {
    const path = join(directory, name);
    const report = join(path, 'report.json');
    const { bytes } = JSON.parse(await readFile(report, 'utf8')) as { bytes: number };
    return { path, bytes, usedAt: (await stat(report)).mtimeMs };
  });
  return Promise.all(entries);
}

async function removeDrafts(directory: string, now: number): Promise<void> {
  const drafts = (await readdir(directory).catch(() => [])).filter((name) => name.startsWith('.draft-'));
  for (const name of drafts) {
    const path = join(directory, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }));
    if (now - mtimeMs > draftGraceMs) await rm(path, { recursive: true, force: true });
  }
}
