import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectConfig } from '@kova/core/config/schema';
import { KovaError } from '@kova/core/errors/kova-error';
import { suites } from '@kova/render/suites';

const wanted = ['docker', 'compose'];

/**
 * Sees that what is in the folder is what the configuration renders. @throws KovaError PREREQUISITE_MISSING,
 * RENDER_DRIFTED
 */
export async function checkRendered(project: string, config: ProjectConfig): Promise<void> {
  const files = suites.filter(({ name }) => wanted.includes(name)).flatMap((suite) => suite.render(config));
  const next = 'Run `kova render docker` and `kova render compose`, and commit what they write.';
  for (const { path, text } of files) {
    const found = await readFile(join(project, path), 'utf8').catch(() => null);
    if (found === null) throw new KovaError('PREREQUISITE_MISSING', `there is no ${path} in ${project}`, { next });
    if (found !== text) throw new KovaError('RENDER_DRIFTED', `${path} has drifted from kova.config.ts`, { next });
  }
}
