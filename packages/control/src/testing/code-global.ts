import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { edgeProgram } from '@kova/edge/program';
import { abandoned } from './abandoned.ts';

const prefix = 'kova-test-code-';

/**
 * Vitest's globalSetup: Kova's own sources are compiled once for the whole run, not once for each home that a test
 * makes. The edge's are compiled here; what control planes have compiled they add themselves.
 */
export async function setup(): Promise<() => Promise<void>> {
  for (const root of await abandoned(prefix)) await remove(root);
  const root = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  await mkdir(join(root, 'control'));
  await edgeProgram({ dir: join(root, 'home'), listen: [], codeCacheDir: join(root, 'edge') });
  process.env.KOVA_TEST_CODE = root;
  return () => remove(root);
}

function remove(root: string): Promise<void> {
  return rm(root, { recursive: true, force: true, maxRetries: 5 });
}
