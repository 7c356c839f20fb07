import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: Array<{ name: string; assertionResults: Array<{ fullName: string; status: string }> }>;
}

/**
 * `npm test`: the whole suite, or what the arguments name. Tests that were skipped, for want of a tool or of rights,
 * are listed at the end; with KOVA_TEST_STRICT they fail the run.
 */
const directory = mkdtempSync(join(tmpdir(), 'kova-test-'));
const file = join(directory, 'report.json');
const names = process.argv.slice(2);
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
const { status } = spawnSync('vitest', ['run', ...reporters, ...names], { stdio: 'inherit' });
const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
rmSync(directory, { recursive: true, force: true });

const skipped = report.testResults.flatMap(({ assertionResults }) =>
  assertionResults.filter((test) => test.status !== 'passed' && test.status !== 'failed').map((test) => test.fullName),
);
for (const name of skipped) console.log(`skipped: ${name}`);
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped.length} skipped`);
const strict = process.env.KOVA_TEST_STRICT !== undefined && names.length === 0;
process.exit(status !== 0 ? (status ?? 1) : strict && skipped.length > 0 ? 1 : 0);
