import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { cannotCheck } from '../check.ts';
import { readNpmLock } from './npm-lock.ts';
import type { Installed } from './package.ts';
import { readPnpmLock } from './pnpm-lock.ts';
import { readYarnLock } from './yarn-lock.ts';

export interface Lockfile {
  file: string;
  /** Whether `npm audit` understands it. */
  isNpm: boolean;
  text: string;
  packages: readonly Installed[];
}

const readers: Readonly<Record<string, (text: string) => Installed[]>> = {
  'npm-shrinkwrap.json': readNpmLock,
  'package-lock.json': readNpmLock,
  'pnpm-lock.yaml': readPnpmLock,
  'yarn.lock': readYarnLock,
};

/**
 * The lockfile of a directory.
 * @throws KovaError CHECK_IMPOSSIBLE when there is none, CHECK_FAILED when it cannot be read
 */
export async function readLockfile(directory: string): Promise<Lockfile> {
  for (const [file, read] of Object.entries(readers)) {
    const text = await readFile(join(directory, file), 'utf8').catch(() => null);
    if (text === null) continue;
    return { file, isNpm: file.endsWith('.json'), text, packages: readWith(read, file, text) };
  }
  throw cannotCheck('there is no lockfile', `run \`npm install\` and commit package-lock.json`);
}

function readWith(read: (text: string) => Installed[], file: string, text: string): Installed[] {
  try {
    return read(text);
  } catch (cause) {
    throw new KovaError('CHECK_FAILED', `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
