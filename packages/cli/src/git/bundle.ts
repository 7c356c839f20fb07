import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from './git.ts';

/**
 * Gives `use` the path of a git bundle that holds the commit with its whole history; removes it afterwards.
 * A bundle names commits by refs only, so the commit has one of its own for that long.
 * @throws KovaError COMMAND_FAILED
 */
export async function withBundle<T>(repository: string, commit: string, use: (file: string) => Promise<T>): Promise<T> {
  const ref = `refs/kova/ship-${randomUUID()}`;
  const directory = await mkdtemp(join(tmpdir(), 'kova-bundle-'));
  const file = join(directory, 'commit.bundle');
  try {
    await git(repository, ['update-ref', ref, commit]);
    await git(repository, ['bundle', 'create', '--quiet', file, ref]).finally(() =>
      git(repository, ['update-ref', '-d', ref]),
    );
    return await use(file);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
