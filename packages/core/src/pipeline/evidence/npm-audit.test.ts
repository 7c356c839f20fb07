import { expect, test } from 'vitest';
import { readReport } from './read.ts';
import audit from './samples/npm-audit.json?raw';
import clean from './samples/npm-audit-clean.json?raw';
import down from './samples/npm-audit-down.json?raw';
import nolock from './samples/npm-audit-nolock.json?raw';
import refused from './samples/npm-audit-refused.json?raw';

test('vulnerable packages count by their worst advisory, as npm counts them', () => {
  const { figures, problems, gap } = readReport('npm-audit', audit);
  expect(gap).toBeNull();
  expect(figures).toEqual({
    'dependencies.audited': 3,
    'dependencies.critical': 2,
    'dependencies.high': 1,
    'dependencies.moderate': 0,
    'dependencies.low': 0,
  });
  expect(problems.map(({ rule, message }) => [rule, message])).toEqual([
    ['GHSA-xvch-5gv4-984h', 'minimist: Prototype Pollution in minimist'],
    ['GHSA-xvch-5gv4-984h', 'mkdirp: depends on minimist'],
    [
      'GHSA-35jh-r3h4-6jhm',
      'lodash: Command Injection in lodash; Regular Expression Denial of Service (ReDoS) in lodash',
    ],
  ]);
});

test('nothing vulnerable', () => {
  expect(readReport('npm-audit', clean)).toMatchObject({ problemCount: 0, gap: null });
});

test.each([
  [
    refused,
    'npm could not audit: 405 Method Not Allowed - POST https://registry.example.com/-/npm/v1/security/advisories/bulk',
  ],
  [down, /^npm could not audit: request to .* failed, reason: connect ECONNREFUSED/],
  [nolock, 'npm could not audit: This command requires an existing lockfile.'],
])('a registry that refuses is no vulnerability, though npm exits 1 for both', (text, gap) => {
  const evidence = readReport('npm-audit', text);
  expect(evidence).toMatchObject({ figures: {}, problems: [] });
  expect(evidence.gap).toMatch(gap);
});

test('packages that depend on each other end', () => {
  const one = (name: string, via: string) => ({ name, severity: 'high', via: [via], nodes: [] });
  const vulnerabilities = { a: one('a', 'b'), b: one('b', 'a') };
  const text = JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: { dependencies: { total: 2 } } });
  expect(readReport('npm-audit', text).problems.map(({ rule, file }) => [rule, file])).toEqual([
    [null, 'node_modules/a'],
    [null, 'node_modules/b'],
  ]);
});

test('the format of npm 6 is refused', () => {
  expect(() => readReport('npm-audit', '{"advisories":{}}')).toThrow(
    /^line 1: auditReportVersion: Invalid input: expected 2/,
  );
});
