import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '@kova/core/secret';

/** A random token kept in a file of mode 0600; made the first time. */
export async function tokenIn(directory: string, name: string): Promise<Secret> {
  const path = join(directory, name);
  const fresh = randomBytes(32).toString('base64url');
  await writeFile(path, `${fresh}\n`, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return new Secret((await readFile(path, 'utf8')).trim());
}
