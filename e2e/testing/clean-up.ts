import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { TestKova } from './kova.ts';

/** Lets all artefacts be old, and the control plane start, which cleans up first of all. */
export async function cleanUp(kova: TestKova): Promise<void> {
  const age = new Date(Date.now() - 2 * 3_600_000);
  const root = join(kova.home, 'artefacts/sha256');
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) utimesSync(join(root, file), age, age);
  kova.killControl();
  await kova.up();
}
