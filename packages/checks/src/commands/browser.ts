import { resolve } from 'node:path';
import { bundledChromium } from '../browser/bundled.ts';
import { findChromium } from '../browser/find.ts';
import { cannotCheck } from '../check.ts';
import { type Definition, documented } from './definition.ts';

export const browserCommand: Definition = (program, place) => {
  const command = program.command('browser');
  documented(
    command,
    'print the path of the Chromium to use: CHROME_PATH, one on the PATH, or the one that comes along',
    'CHROME_PATH=$(kova-check browser) npm run test:e2e',
  );
  command
    .option('--cache <dir>', 'where the one that comes along is unpacked (default: below the home directory)')
    .option('--bundled', 'take the one that comes along, whatever else there is', false)
    .action(async ({ cache, bundled }: { cache?: string; bundled: boolean }) => {
      const directory = cache === undefined ? undefined : resolve(place.cwd, cache);
      const found = bundled ? await bundledChromium(place.env, directory) : await findChromium(place.env, directory);
      if (!found) throw cannotCheck('no Chromium comes along for this machine', 'try `apt-get install chromium`');
      place.say(found);
    });
};
