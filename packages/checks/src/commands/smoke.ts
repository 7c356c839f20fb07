import { junitReport } from '../report/junit.ts';
import { dropReport, writeReport } from '../report/write.ts';
import { smoke } from '../smoke/smoke.ts';
import { readTarget } from '../target/target.ts';
import { type Definition, documented, numberIn, several } from './definition.ts';

const name = 'smoke.xml';

export const smokeCommand: Definition = (program, place) => {
  const command = program.command('smoke');
  documented(
    command,
    'ask paths of the app at BASE_URL; each must answer 2xx or 3xx',
    'BASE_URL=http://127.0.0.1:3000 kova-check smoke --path / --path /api/health --deadline 20',
  );
  command
    .option('--path <path>', 'what to ask; may be repeated (default: /)', several)
    .option('--deadline <seconds>', 'ask again until then, all paths together', numberIn(0, 600), 10)
    .action(async ({ path = ['/'], deadline }: { path?: string[]; deadline: number }) => {
      await dropReport(place, name);
      const cases = await smoke(readTarget(place), path, deadline * 1000);
      for (const { name: asked, failure } of cases)
        place.say(failure === null ? `ok    ${asked}` : `FAIL  ${asked}: ${failure}`);
      await writeReport(place, name, junitReport('smoke', cases));
    });
};
