import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The first program of one of these names on the PATH; null when there is none. */
export async function findProgram(env: NodeJS.ProcessEnv, names: readonly string[]): Promise<string | null> {
  const directories = (env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const name of names) {
    for (const directory of directories) {
      const path = join(directory, name);
      if (await isExecutable(path)) return path;
    }
  }
  return null;
}

export function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
