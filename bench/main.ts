import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { containersSuite } from './containers/suite.ts';
import { pipelineSuite } from './pipeline/suite.ts';
import { type Figure, table } from './result.ts';
import { shipSuite } from './ship/suite.ts';
import type { SuiteOptions } from './suite.ts';

const suites: Record<string, (options: SuiteOptions) => Promise<Figure[]>> = {
  ship: shipSuite,
  pipeline: pipelineSuite,
  containers: containersSuite,
};

const usage = `usage: npm run bench -- ${Object.keys(suites).join('|')} [--quick] [--only PART] [--json FILE]

  --quick      fewer and smaller samples, to see that all works
  --only PART  the parts alone whose names hold this; each part says its name when it begins
  --json FILE  writes the figures there, too`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const suite = suites[positionals[0] ?? ''];
if (values.help || !suite) {
  console.error(usage);
  process.exit(values.help ? 0 : 2);
}
const figures = await suite({ quick: values.quick, only: values.only, say: (line) => console.error(line) });
console.log(table(figures));
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
process.exit(figures.some((figure) => figure.failed) ? 1 : 0);
