import { cannotCheck } from '../check.ts';
import { findProgram, isExecutable } from '../find-program.ts';
import { bundledChromium } from './bundled.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const next =
  'install one, such as with `apt-get install chromium`, or set CHROME_PATH; the image of Kova has one when it is built with CHROMIUM=yes';

/**
 * The Chromium to use: CHROME_PATH, else one on the PATH, else the one that comes with this package.
 * @param cache where the last is unpacked; below the home directory when left out
 * @throws KovaError CHECK_IMPOSSIBLE when there is none
 */
export async function findChromium(env: NodeJS.ProcessEnv, cache?: string): Promise<string> {
  if (env.CHROME_PATH) {
    if (await isExecutable(env.CHROME_PATH)) return env.CHROME_PATH;
    throw cannotCheck(`CHROME_PATH is no program: ${env.CHROME_PATH}`, next);
  }
  const found = (await findProgram(env, names)) ?? (await bundledChromium(env, cache));
  if (found) return found;
  throw cannotCheck('there is no Chromium', next);
}
