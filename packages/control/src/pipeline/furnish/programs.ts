import { delimiter, join } from 'node:path';
import { isExecutable } from '../../commands/is-there.ts';

/** Where a program lies on the PATH; null when it does not. */
export async function findProgram(...names: string[]): Promise<string | null> {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const name of names) {
    for (const directory of directories) {
      const path = join(directory, name);
      if (directory !== '' && (await isExecutable(path))) return path;
    }
  }
  return null;
}

/** A Chromium: CHROME_PATH, else one on the PATH; null when there is none. */
export async function findBrowser(): Promise<string | null> {
  const named = process.env.CHROME_PATH;
  if (named && (await isExecutable(named))) return named;
  return findProgram('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');
}
