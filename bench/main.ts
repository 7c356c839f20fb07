import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Figure, table } from './result.ts';
import { shipSuite } from './ship/suite.ts';

/** `npm run bench -- SUITE [--quick] [--json FILE]` */
const suites: Record<string, (options: { quick: boolean; say: (line: string) => void }) => Promise<Figure[]>> = {
  ship: shipSuite,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
});
const suite = suites[positionals[0] ?? ''];
if (!suite) {
  console.error(`usage: npm run bench -- ${Object.keys(suites).join('|')} [--quick] [--json FILE]`);
  process.exit(2);
}
const figures = await suite({ quick: values.quick, say: (line) => console.error(line) });
console.log(table(figures));
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
process.exit(figures.some((figure) => figure.failed) ? 1 : 0);
