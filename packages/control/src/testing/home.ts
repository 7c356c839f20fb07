import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Home, homeAt, prepareHome } from '../home/home.ts';

/** A home of its own under the system's temporary directory, which unprivileged users may enter. */
export async function makeHome(): Promise<{ home: Home; remove(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'kova-test-home-'));
  await chmod(root, 0o711);
  const home = homeAt(root);
  await prepareHome(home);
  return { home, remove: () => rm(root, { recursive: true, force: true }) };
}
