import { readFile, watch } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Editors write a file in several steps. */
const settleMs = 100;

/**
 * Calls `changed` with the name of one of the files in the directory when its content is another one than before, until
 * `signal` aborts. Files that are replaced, removed or made are noticed, too.
 */
export async function watchFiles(
  directory: string,
  names: readonly string[],
  changed: (name: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const contents = new Map<string, string>();
  for (const name of names) contents.set(name, await content(directory, name));
  try {
    for await (const { filename } of watch(directory, { signal })) {
      if (filename === null || !names.includes(filename)) continue;
      await sleep(settleMs, undefined, { signal });
      const now = await content(directory, filename);
      if (now === contents.get(filename)) continue;
      contents.set(filename, now);
      await changed(filename);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function content(directory: string, name: string): Promise<string> {
  return readFile(join(directory, name), 'utf8').catch(() => '');
}
