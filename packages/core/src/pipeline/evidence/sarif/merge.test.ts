import schema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import Ajv from 'ajv-draft-04';
import { expect, test } from 'vitest';
import { readReport } from '../read.ts';
import biome from '../samples/biome.sarif?raw';
import eslint from '../samples/eslint.sarif?raw';
import secretlint from '../samples/secretlint.sarif?raw';
import clean from '../samples/secretlint-clean.sarif?raw';
import { readSarifRuns } from './log.ts';
import { mergeSarif } from './merge.ts';
import { sarifRun } from './write.ts';

const validate = new Ajv.default({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
const own = sarifRun({ name: 'dockerfile', version: '1' }, [
  { severity: 'error', message: 'runs as root', rule: 'user', file: 'app/[slug]/Dockerfile', line: 3 },
  { severity: 'note', message: 'no label', rule: null, file: null, line: null },
]);
const runs = [biome, eslint, secretlint, clean].flatMap(readSarifRuns);

test('all tools end in one document that the official schema accepts', () => {
  const merged = mergeSarif([...runs, own], '/app');
  expect(validate(JSON.parse(merged)), JSON.stringify(validate.errors)).toBe(true);
  expect(readReport('sarif', merged).figures).toEqual({
    'security.errors': 4,
    'security.warnings': 4,
    'security.notes': 1,
    'security.suppressed': 1,
  });
});

test('the schema refuses what is none, so that it proves something', () => {
  expect(validate({ version: '2.1.0', runs: [{ tool: { driver: {} } }] })).toBe(false);
});

test('what a tool wrote beside its findings is kept', () => {
  const [merged] = readSarifRuns(mergeSarif(readSarifRuns(eslint)));
  expect(merged?.tool).toEqual(JSON.parse(eslint).runs[0].tool);
  expect(merged?.results).toEqual(JSON.parse(eslint).runs[0].results);
});

test('two runs of one tool get ids of their own', () => {
  const ids = readSarifRuns(mergeSarif(runs)).map(({ automationDetails }) => automationDetails?.id);
  expect(ids).toEqual(['Biome/', 'ESLint/', 'secretlint/', '2-secretlint/']);
});

test('paths inside of the root become relative, wherever they stand', () => {
  const merged = mergeSarif(runs, '/app/');
  expect(merged).not.toContain('/app/');
  expect(readReport('sarif', merged).problems.map(({ file }) => file)).toContain('src/shop.js');
});

test('findings that Kova wrote are read as they were', () => {
  const { problems } = readReport('sarif', mergeSarif([own]));
  expect(problems.map(({ severity, message, rule, file, line }) => [severity, message, rule, file, line])).toEqual([
    ['error', 'runs as root', 'user', 'app/[slug]/Dockerfile', 3],
    ['note', 'no label', null, null, null],
  ]);
});
