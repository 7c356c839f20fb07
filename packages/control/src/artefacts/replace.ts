import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Fills a draft beside `target` and puts it in its place when `fill` has succeeded; else the draft is removed and the
 * target left as it was. Nobody ever sees a half: between two renames there is a moment with no target at all, which
 * is also what a crash just then leaves; filling it again mends that. One at a time for each target.
 */
export async function replaceDirectory(target: string, fill: (draft: string) => Promise<void>): Promise<void> {
  const parent = dirname(target);
  await mkdir(parent, { recursive: true, mode: 0o711 });
  await removeLeftovers(parent, basename(target));
  const draft = join(parent, `.${basename(target)}.draft-${randomUUID()}`);
  const replaced = join(parent, `.${basename(target)}.replaced-${randomUUID()}`);
  try {
    await mkdir(draft, { mode: 0o755 });
    await fill(draft);
    await ignoring('ENOENT', rename(target, replaced));
    await rename(draft, target);
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(replaced, { recursive: true, force: true });
  }
}

async function removeLeftovers(parent: string, name: string): Promise<void> {
  const left = (await readdir(parent)).filter(
    (entry) => entry.startsWith(`.${name}.draft-`) || entry.startsWith(`.${name}.replaced-`),
  );
  for (const entry of left) await rm(join(parent, entry), { recursive: true, force: true });
}

async function ignoring(code: string, work: Promise<void>): Promise<void> {
  await work.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== code) throw error;
  });
}
