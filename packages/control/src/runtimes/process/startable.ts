import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, resolve } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { isReachable } from '../../home/reachable.ts';
import type { Identity } from '../../home/unprivileged.ts';
import type { SlotSpec } from '../../ports/runtime.ts';
import { requireRelease } from '../slot/release-directory.ts';
import { revealed } from '../slot/spec.ts';

const defaultPath = '/bin:/usr/bin';

/**
 * Finds out before anything is started what could never start.
 * @throws KovaError START_FAILED without the directory or the program, HOME_UNREACHABLE when `as` cannot get there
 */
export async function checkStartable(spec: SlotSpec, as: Identity | null): Promise<void> {
  await requireRelease(spec);
  if (!(await isReachable(spec.directory, as))) {
    throw new KovaError('HOME_UNREACHABLE', `user ${as?.name} cannot enter ${spec.directory}`);
  }
  const program = spec.start[0] ?? '';
  const path = revealed(spec.env).PATH;
  if (await isFound(program, path, spec.directory)) return;
  const where = program.includes('/') ? `in ${spec.directory}` : `on the PATH of the slot (${path ?? defaultPath})`;
  throw new KovaError('START_FAILED', `there is no program \`${program}\` ${where}`, {
    next: 'Correct app.start in kova.config.ts or install the program; no traffic was moved.',
  });
}

/** Whether a program is there: by its path, or in a folder of PATH; both may be relative to `directory`. */
export async function isFound(program: string, path: string | undefined, directory: string): Promise<boolean> {
  const folders = program.includes('/') ? [''] : (path ?? defaultPath).split(delimiter);
  const candidates = folders.map((folder) => {
    const file = folder === '' ? program : `${folder}/${program}`;
    return isAbsolute(file) ? file : resolve(directory, file);
  });
  for (const candidate of candidates) if (await isExecutableFile(candidate)) return true;
  return false;
}

async function isExecutableFile(path: string): Promise<boolean> {
  const executable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  return executable && (await stat(path)).isFile();
}
