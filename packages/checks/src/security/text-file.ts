import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const largestFile = 2 * 1024 * 1024;

/** The text of a file; `none` for what is no text (or no file any more), `large` for what is too large to be read. */
export async function readText(cwd: string, file: string): Promise<{ text: string } | 'none' | 'large'> {
  const path = join(cwd, file);
  const found = await lstat(path).catch(() => null);
  if (!found?.isFile()) return 'none';
  if (found.size > largestFile) return 'large';
  const content = await readFile(path);
  return content.subarray(0, 8000).includes(0) ? 'none' : { text: content.toString('utf8') };
}
