import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secret } from '@kova/core/secret';

/**
 * Writes what a service must keep to itself into a directory that is mounted into its container. Whoever runs in the
 * container may read it; on this machine nobody comes to it, for the directory above is closed to all but Kova. So the
 * image need not tell which number its user has, and Kova need not be root to give a file to that user.
 */
export async function writeSecrets(directory: string, files: Readonly<Record<string, Secret>>): Promise<void> {
  await mkdir(join(directory, '..'), { recursive: true, mode: 0o700 });
  await mkdir(directory, { recursive: true });
  await chmod(directory, 0o555);
  for (const [name, secret] of Object.entries(files)) await write(join(directory, name), secret.reveal());
}

async function write(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => null)) === text) return;
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text, { mode: 0o444, flag: 'wx' });
  await chmod(draft, 0o444);
  await rename(draft, path);
}
