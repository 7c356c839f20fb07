import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectConfig } from '@kova/core/config/schema';
import { evaluateConfig } from './build/evaluate-config.ts';

const timeoutMs = 20_000;

/**
 * The configuration of a working tree, read by a process of its own that may read the tree and write nothing, as the
 * control plane does with that of a commit; no control plane is needed.
 * @throws KovaError CONFIG_MISSING, CONFIG_EVALUATION_FAILED, CONFIG_INVALID
 */
export async function evaluateTree(repository: string): Promise<ProjectConfig> {
  const driver = await realpath(await mkdtemp(join(tmpdir(), 'kova-config-')));
  try {
    return await evaluateConfig({
      directory: { source: await realpath(repository), driver, as: null },
      node: process.execPath,
      env: { PATH: process.env.PATH ?? '', HOME: driver, TMPDIR: driver, LANG: 'C.UTF-8', CI: 'true', NO_COLOR: '1' },
      timeoutMs,
      signal: new AbortController().signal,
      onLine: () => {},
    });
  } finally {
    await rm(driver, { recursive: true, force: true });
  }
}
