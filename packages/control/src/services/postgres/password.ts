import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Secret } from '@kova/core/secret';

/** The password kept in the file; made the first time. When two make one at once, both get that of the first. */
export async function passwordIn(path: string): Promise<Secret> {
  return (await read(path)) ?? (await create(path));
}

async function read(path: string): Promise<Secret | null> {
  try {
    return new Secret(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function create(path: string): Promise<Secret> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const made = randomBytes(32).toString('base64url');
  const draft = `${path}.${randomUUID()}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    await file.writeFile(made);
    await file.sync();
    await file.close();
    await link(draft, path);
    return new Secret(made);
  } catch (error) {
    const first = (error as NodeJS.ErrnoException).code === 'EEXIST' ? await read(path) : null;
    if (first) return first;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
