import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isThere } from '../../commands/is-there.ts';
import { runStep } from '../command.ts';
import type { Environment } from '../environment.ts';

const lockfiles = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock'];

/**
 * Runs `app.install` when there are no modules, or the lockfile is another one than at the last time. Says what was done.
 * @throws KovaError COMMAND_FAILED with the output
 */
export async function installDependencies(environment: Environment): Promise<string> {
  const { place, config } = environment;
  const { install, buildTimeout } = config.app;
  const lock = await lockDigest(place.project);
  if (!install || lock === null) return 'nothing to install';
  const record = join(place.root, 'installed');
  const had = await readFile(record, 'utf8').catch(() => null);
  const isThereAlready = await isThere(join(place.project, 'node_modules'));
  if (isThereAlready && (had === null || had === lock)) {
    if (had === null) await writeFile(record, lock, { mode: 0o600 });
    return 'node_modules is as the lockfile was';
  }
  const step = { part: 'dependencies', argv: install, timeoutMs: buildTimeout, code: 'COMMAND_FAILED' } as const;
  await runStep(environment, step);
  await writeFile(record, lock, { mode: 0o600 });
  return `installed with \`${install.join(' ')}\``;
}

async function lockDigest(project: string): Promise<string | null> {
  for (const name of lockfiles) {
    const text = await readFile(join(project, name)).catch(() => null);
    if (text) return createHash('sha256').update(text).digest('hex');
  }
  return null;
}
