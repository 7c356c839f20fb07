import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Evidence, EvidenceKind, Problem } from '../evidence/evidence.ts';
import { readReport } from '../evidence/read.ts';
import lighthouse from '../evidence/samples/lighthouse-1.json?raw';
import audit from '../evidence/samples/npm-audit.json?raw';
import refused from '../evidence/samples/npm-audit-refused.json?raw';
import secretlint from '../evidence/samples/secretlint.sarif?raw';
import broken from '../evidence/samples/vitest-broken.xml?raw';
import { judge } from './judge.ts';
import { rulesOf } from './rule.ts';
import { type GatesInput, gatesSchema } from './schema.ts';

const of = (kind: EvidenceKind, figures: Record<string, number>, problems: Problem[] = []): Evidence => ({
  kind,
  figures,
  problems,
  problemCount: problems.length,
  gap: null,
});
/** What the first of the gates' rules says, as `fail: coverage 78.2 % < 80 %`. */
function said(gates: GatesInput, evidence: Evidence | null, baseline: Evidence | null = null): string {
  const [rule] = rulesOf(gatesSchema.parse(gates));
  const { outcome, reason } = judge(rule!, evidence, baseline);
  return `${outcome}: ${reason}`;
}

test('coverage below its limit fails, at it it passes', () => {
  const gates = { coverage: { lines: 80 } };
  expect(said(gates, of('lcov', { 'coverage.lines': 78.2 }))).toBe('fail: coverage 78.2 % < 80 %');
  expect(said(gates, of('lcov', { 'coverage.lines': 79.98 }))).toBe('fail: coverage 79.98 % < 80 %');
  expect(said(gates, of('lcov', { 'coverage.lines': 80 }))).toBe('pass: coverage 80 % ≥ 80 %');
  expect(said({ coverage: { branches: 70 } }, of('lcov', { 'coverage.lines': 80 }))).toBe(
    'inconclusive: no branch coverage in the lcov report',
  );
});

test('lighthouse says of how many runs the median is', () => {
  const slow = JSON.parse(lighthouse);
  slow.categories.performance.score = 0.84;
  const runs = readReport('lighthouse', [JSON.stringify(slow), lighthouse, JSON.stringify(slow)]);
  expect(said({ lighthouse: { performance: 0.9 } }, runs)).toBe(
    'fail: lighthouse performance 0.84 < 0.90 (median of 3)',
  );
  expect(said({ lighthouse: { seo: 0.9 } }, readReport('lighthouse', lighthouse))).toBe(
    'pass: lighthouse SEO 1.00 ≥ 0.90',
  );
  expect(said({ lighthouse: { lcp: '1s' } }, runs)).toBe('fail: largest contentful paint 1.6 s > 1 s (median of 3)');
});

test('a bundle that grew names the chunk that grew most', () => {
  const before = of('bundle', {
    'bundle.total': 700_000,
    'bundle.chunk.framer-motion': 100_000,
    'bundle.chunk.main': 50_000,
  });
  const after = of('bundle', {
    'bundle.total': 749_700,
    'bundle.chunk.framer-motion': 131_000,
    'bundle.chunk.main': 68_700,
  });
  const gates = { bundle: { maxGrowth: '5%' } };
  expect(said(gates, after, before)).toBe('fail: bundle +7.1 % (framer-motion chunk +31 kB) > 5 %');
  expect(said(gates, before, after)).toBe('pass: bundle -6.6 % ≤ 5 %');
  expect(said(gates, before, before)).toBe('pass: bundle +0 % ≤ 5 %');
  expect(said(gates, after, null)).toBe('inconclusive: bundle: no earlier release to compare with');
  expect(said(gates, after, of('bundle', {}))).toBe(
    'inconclusive: bundle: the earlier release has none to compare with',
  );
  expect(said({ bundle: { maxTotal: '600kB' } }, after)).toBe('fail: bundle 749.7 kB > 600 kB');
});

test('vulnerabilities are named with their advisories, the worst first', () => {
  const evidence = readReport('npm-audit', audit);
  expect(said({ audit: 'high' }, evidence)).toBe(
    'fail: 3 vulnerabilities at or above high: minimist (GHSA-xvch-5gv4-984h), mkdirp (GHSA-xvch-5gv4-984h), lodash (GHSA-35jh-r3h4-6jhm)',
  );
  expect(said({ audit: 'critical' }, evidence)).toBe(
    'fail: 2 vulnerabilities of level critical: minimist (GHSA-xvch-5gv4-984h), mkdirp (GHSA-xvch-5gv4-984h)',
  );
});

test('a registry that refused is inconclusive, not vulnerable and not safe', () => {
  expect(said({ audit: 'low' }, readReport('npm-audit', refused))).toMatch(
    /^inconclusive: npm could not audit: 405 Method Not Allowed/,
  );
});

test('failed tests are named; so are findings, by their rule and place', () => {
  expect(said({ tests: {} }, readReport('junit', broken))).toMatch(
    /^fail: 3 failed tests: a broken thing > adds .* \(lib\/broken\.test\.ts:4\), .* \(lib\/unloadable\.test\.ts:1\)$/,
  );
  expect(said({ tests: { maxFailed: 3 } }, readReport('junit', broken))).toBe('pass: 3 failed tests, 3 allowed');
  expect(said({ security: 'error' }, readReport('sarif', secretlint))).toBe(
    'fail: 1 finding of level error: @secretlint/secretlint-rule-preset-recommend > @secretlint/secretlint-rule-database-connection-string (leak/config.txt:1)',
  );
  expect(said({ security: 'warning' }, of('sarif', { 'security.errors': 0, 'security.warnings': 0 }))).toBe(
    'pass: no findings at or above warning',
  );
});

test('more than three are counted', () => {
  const problem: Problem = { severity: 'error', message: 'm', rule: 'r', file: null, line: null };
  expect(said({ security: 'error' }, of('sarif', { 'security.errors': 120 }, Array(100).fill(problem)))).toBe(
    'fail: 120 findings of level error: r, r, r, … 117 more',
  );
});

test('too few tests fail', () => {
  const [, , min] = rulesOf(gatesSchema.parse({ tests: { min: 50, maxSkipped: 0 } })).sort((a, b) =>
    a.gate < b.gate ? -1 : 1,
  );
  expect(judge(min!, of('junit', { 'tests.total': 12 }), null)).toEqual({ outcome: 'fail', reason: 'tests 12 < 50' });
});

test('without a report there is no pass', () => {
  expect(said({ audit: 'high' }, null)).toBe('inconclusive: no npm-audit report');
  expect(said({ tests: {} }, readReport('junit', ''))).toBe('inconclusive: the report is empty');
  expect(said({ tests: {} }, readReport('junit', '<testsuites/>'))).toBe('inconclusive: the report has no tests');
});

test('nothing passes on a report with a gap, and what is broken fails all the same', () => {
  const gates: GatesInput = {
    tests: { min: 5, maxSkipped: 5 },
    coverage: { lines: 50 },
    lighthouse: { performance: 0.5, cls: 0.5 },
    audit: 'low',
    bundle: { maxGrowth: '5%', maxTotal: '1kB' },
    security: 'note',
    image: { maxSize: '1kB', maxGrowth: '5%' },
  };
  const rules = rulesOf(gatesSchema.parse(gates));
  const names = [...new Set(rules.flatMap((rule) => (rule.check === 'count' ? rule.figures : [rule.figure])))];
  const figures = fc.record(Object.fromEntries(names.map((name) => [name, fc.nat(100)])), { requiredKeys: [] });
  fc.assert(
    fc.property(fc.constantFrom(...rules), figures, figures, (rule, some, before) => {
      const evidence = of(rule.report, some as Record<string, number>);
      const baseline = of(rule.report, before as Record<string, number>);
      const whole = judge(rule, evidence, baseline);
      const gapped = judge(rule, { ...evidence, gap: 'cut off' }, baseline);
      expect(gapped.outcome).toBe(whole.outcome === 'fail' ? 'fail' : 'inconclusive');
      expect(judge(rule, of(rule.report, {}), baseline).outcome).toBe('inconclusive');
      expect(whole.reason).not.toBe('');
    }),
  );
});
