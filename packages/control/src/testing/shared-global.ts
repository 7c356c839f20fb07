import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { edgeProgram } from '@kova/edge/program';
import { makeDirectories } from '../home/home.ts';
import { abandoned } from './abandoned.ts';

const prefix = 'kova-test-shared-';

/**
 * Vitest's globalSetup: a directory for what each home makes for itself, though it is the same in all: Kova's own
 * sources as Node has compiled them, and PostgreSQL's data as `initdb` leaves them. The edge's code is compiled here;
 * the rest is added by the first home that makes it, whole or not at all.
 */
export async function setup(): Promise<() => Promise<void>> {
  for (const root of await abandoned(prefix)) await remove(root);
  const root = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  await chmod(root, 0o711);
  await makeDirectories({ shared: [join(root, 'templates')], own: [join(root, 'control')] });
  await edgeProgram({ dir: join(root, 'home'), listen: [], codeCacheDir: join(root, 'edge') });
  process.env.KOVA_TEST_SHARED = root;
  return () => remove(root);
}

function remove(root: string): Promise<void> {
  return rm(root, { recursive: true, force: true, maxRetries: 5 });
}
