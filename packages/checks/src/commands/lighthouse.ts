import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Option } from 'commander';
import { findChromium } from '../browser/find.ts';
import type { Place } from '../check.ts';
import type { Measurement } from '../lighthouse/measure.ts';
import { reportNames } from '../lighthouse/report-name.ts';
import { medianScores } from '../lighthouse/scores.ts';
import { writeReport } from '../report/write.ts';
import { readTarget, urlOf } from '../target/target.ts';
import { type Definition, documented, numberIn, several, wholeNumber } from './definition.ts';

interface Options {
  path?: string[];
  runs: number;
  device: Measurement['device'];
  deadline: number;
}

export const lighthouseCommand: Definition = (program, place) => {
  const command = program.command('lighthouse');
  documented(
    command,
    'run Lighthouse over pages of the app at BASE_URL, several times each',
    'BASE_URL=http://127.0.0.1:3000 kova-check lighthouse --path / --path /products --runs 3',
  );
  command
    .option('--path <path>', 'a page; may be repeated (default: /)', several)
    .option('--runs <n>', 'runs of each page; one tells more of the machine than of the page', wholeNumber(1, 15), 3)
    .addOption(new Option('--device <device>', 'what to emulate').choices(['mobile', 'desktop']).default('mobile'))
    .option('--deadline <seconds>', 'time for one run', numberIn(1, 600), 120)
    .action((options: Options) => lighthouse(place, options));
};

async function lighthouse(place: Place, { path = ['/'], runs, device, deadline }: Options): Promise<void> {
  await dropReports(place);
  const target = readTarget(place);
  const chromium = await findChromium(place.env);
  // Takes a second to load, which no other command shall wait for.
  const { measure } = await import('../lighthouse/measure.ts');
  for (const [page, name] of reportNames(path)) {
    const results = [];
    for (let n = 1; n <= runs; n += 1) {
      const { env } = place;
      const common = { chromium, env, device, headers: target.headers, deadlineMs: deadline * 1000 };
      const result = await measure({ ...common, url: urlOf(target, page).href });
      await writeReport(place, `lighthouse-${name}-${n}.json`, result);
      results.push(result);
    }
    const scores = Object.entries(medianScores(results)).map(([id, score]) => `${id} ${score.toFixed(2)}`);
    place.say(`${page}: median of ${runs}: ${scores.join(', ')}`);
  }
}

async function dropReports({ cwd }: Place): Promise<void> {
  const names = await readdir(join(cwd, 'reports')).catch(() => []);
  const old = names.filter((name) => /^lighthouse-.*-\d+\.json$/.test(name));
  await Promise.all(old.map((name) => rm(join(cwd, 'reports', name))));
}
