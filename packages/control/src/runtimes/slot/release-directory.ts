import { stat } from 'node:fs/promises';
import { KovaError } from '@kova/core/errors/kova-error';
import type { SlotSpec } from '../../ports/runtime.ts';

/** @throws KovaError START_FAILED when the unpacked release is not there */
export async function requireRelease({ directory }: Pick<SlotSpec, 'directory'>): Promise<void> {
  const found = await stat(directory).catch(() => null);
  if (!found?.isDirectory()) throw new KovaError('START_FAILED', `the release directory ${directory} is missing`);
}
