import { expect, test } from 'vitest';
import { readReport } from './read.ts';
import biome from './samples/biome.sarif?raw';
import eslint from './samples/eslint.sarif?raw';
import secretlint from './samples/secretlint.sarif?raw';
import clean from './samples/secretlint-clean.sarif?raw';

const log = (run: object) =>
  JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'probe' } }, results: [], ...run }] });
const figuresOf = (results: object[], tool: object = { driver: { name: 'probe' } }) =>
  readReport('sarif', log({ tool, results })).figures;

test('findings of ESLint count by level; what the sources suppress does not', () => {
  const { figures, problems } = readReport('sarif', eslint, '/app');
  expect(figures).toEqual({
    'security.errors': 1,
    'security.warnings': 3,
    'security.notes': 0,
    'security.suppressed': 1,
  });
  expect(problems.slice(0, 2)).toEqual([
    { severity: 'error', message: "'missing' is not defined.", rule: 'no-undef', file: 'src/shop.js', line: 10 },
    {
      severity: 'warning',
      message: 'Generic Object Injection Sink',
      rule: 'security/detect-object-injection',
      file: 'src/shop.js',
      line: 2,
    },
  ]);
});

test('the reports of several tools add up', () => {
  expect(readReport('sarif', [biome, secretlint, clean]).figures).toMatchObject({
    'security.errors': 2,
    'security.warnings': 1,
  });
  expect(readReport('sarif', clean)).toMatchObject({ problemCount: 0, gap: null });
});

test('a result without a level has that of its rule, else warning', () => {
  const rules = [
    { id: 'a', defaultConfiguration: { level: 'error' } },
    { id: 'b', defaultConfiguration: { level: 'none' } },
  ];
  const plugin = { name: 'plugin', rules: [{ id: 'c', defaultConfiguration: { level: 'note' } }] };
  const message = { text: 'm' };
  const results = [
    { ruleId: 'a', message },
    { ruleIndex: 0, message },
    { ruleId: 'b', message },
    { rule: { index: 0, toolComponent: { index: 0 } }, message },
    { ruleId: 'unknown', message },
    { ruleId: 'a', level: 'note', message },
  ];
  expect(figuresOf(results, { driver: { name: 'probe', rules }, extensions: [plugin] })).toMatchObject({
    'security.errors': 2,
    'security.warnings': 1,
    'security.notes': 2,
  });
});

test('only what fails and is there counts', () => {
  const of = (more: object) => figuresOf([{ level: 'error', message: { text: 'm' }, ...more }])['security.errors'];
  expect(of({ kind: 'pass', level: undefined })).toBe(0);
  expect(of({ kind: 'fail' })).toBe(1);
  expect(of({ baselineState: 'absent' })).toBe(0);
  expect(of({ baselineState: 'unchanged' })).toBe(1);
  expect(of({ suppressions: [] })).toBe(1);
  expect(of({ suppressions: [{ kind: 'external' }] })).toBe(0);
  expect(of({ suppressions: [{ kind: 'external', status: 'underReview' }] })).toBe(1);
  expect(of({ suppressions: [{ kind: 'external' }, { kind: 'external', status: 'rejected' }] })).toBe(1);
});

test('a tool that did not finish is a gap, and what it found is kept', () => {
  const results = [{ level: 'error', message: { text: 'm' } }];
  expect(readReport('sarif', log({ results, invocations: [{ executionSuccessful: false }] }))).toMatchObject({
    figures: { 'security.errors': 1 },
    gap: 'probe did not finish',
  });
  expect(readReport('sarif', log({ results: null })).gap).toBe('probe did not finish');
  expect(readReport('sarif', '{"version":"2.1.0","runs":[]}').gap).toBe('the report holds no run of a tool');
});

test('a place by index and a path with escapes are found', () => {
  const location = (artifactLocation: object) => [{ physicalLocation: { artifactLocation } }];
  const results = [
    { message: { id: 'greet', arguments: ['x'] }, locations: location({ index: 0 }) },
    { message: { markdown: '*m*' }, locations: location({ uri: 'app/%5Bslug%5D/page.tsx' }) },
  ];
  const { problems } = readReport('sarif', log({ results, artifacts: [{ location: { uri: 'a.ts' } }] }));
  expect(problems.map(({ message, file }) => [message, file])).toEqual([
    ['greet x', 'a.ts'],
    ['*m*', 'app/[slug]/page.tsx'],
  ]);
});

test.each([
  ['{"version":"2.0.0","runs":[]}', 'line 1: version: Invalid input: expected "2.1.0"'],
  [
    '{\n"version":"2.1.0",\n"runs":[\n{"tool":{"driver":{}}}]}',
    'line 4: runs[0].tool.driver.name: Invalid input: expected string, received undefined',
  ],
  ['{\n"version": "2.1.0",\n"runs": [', 'line 3: no JSON: close bracket expected'],
  ['[]', 'line 1: (whole): Invalid input: expected object, received array'],
])('what is no SARIF is refused with line and path: %s', (text, message) => {
  expect(() => readReport('sarif', text)).toThrow(expect.objectContaining({ code: 'REPORT_MALFORMED', message }));
});
