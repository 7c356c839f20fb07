import { expect, test } from 'vitest';
import { evidenceKinds } from '../evidence/evidence.ts';
import { figureOf } from '../evidence/figures.ts';
import { gateReports, rulesOf } from './rule.ts';
import { gatesSchema } from './schema.ts';

const everything = {
  tests: { maxFailed: 1, maxSkipped: 2, min: 3 },
  coverage: { lines: 80, branches: 70, functions: 60 },
  lighthouse: { performance: 0.9, accessibility: 1, bestPractices: 0.8, seo: 0.7, lcp: '2.5s', tbt: '200ms', cls: 0.1 },
  audit: 'moderate',
  bundle: { maxGrowth: '5%', maxTotal: '512KiB' },
  security: 'warning',
  image: { maxSize: '400MB', maxGrowth: '5%' },
} as const;

test('gates become rules in their order, in bytes, milliseconds and percent', () => {
  const rules = rulesOf(gatesSchema.parse(everything));
  expect(rules.map((rule) => `${rule.gate} ${rule.check === 'limit' ? rule.limit : rule.check}`)).toEqual([
    'tests.maxFailed count',
    'tests.min 3',
    'tests.maxSkipped 2',
    'coverage.lines 80',
    'coverage.branches 70',
    'coverage.functions 60',
    'lighthouse.performance 0.9',
    'lighthouse.accessibility 1',
    'lighthouse.bestPractices 0.8',
    'lighthouse.seo 0.7',
    'lighthouse.lcp 2500',
    'lighthouse.tbt 200',
    'lighthouse.cls 0.1',
    'audit count',
    'bundle.maxGrowth growth',
    'bundle.maxTotal 524288',
    'security count',
    'image.maxGrowth growth',
    'image.maxSize 400000000',
  ]);
  expect(JSON.parse(JSON.stringify(rules))).toEqual(rules);
});

// Scenario 30: a wrong metric name always passes (https://github.com/fluxcd/flagger/issues/1581).
test('every rule judges figures that its report makes', () => {
  for (const rule of rulesOf(gatesSchema.parse(everything))) {
    const names = rule.check === 'count' ? rule.figures : [rule.figure];
    for (const name of names) expect(figureOf(name)?.kind, rule.gate).toBe(rule.report);
    expect(gateReports[rule.gate.split('.')[0] as keyof typeof gateReports]).toBe(rule.report);
    expect(evidenceKinds).toContain(rule.report);
  }
  expect(Object.keys(gateReports).sort()).toEqual(Object.keys(everything).sort());
});

test('no gates are no rules', () => expect(rulesOf(gatesSchema.parse({}))).toEqual([]));

test('a misspelt limit is told together with those that there are', () => {
  const messages = gatesSchema.safeParse({ coverage: { line: 80 } }).error?.issues.map(({ message }) => message);
  expect(messages).toEqual(['Unrecognized key: "line"', 'sets no limit; set lines or branches or functions']);
});

test.each([
  [{ covrage: {} }, [], /Unrecognized key: "covrage"/],
  [{ bundle: { maxGrowth: '5%', max: 1 } }, ['bundle'], /Unrecognized key: "max"/],
  [{ coverage: {} }, ['coverage'], /^sets no limit; set lines or branches or functions$/],
  [{ coverage: { lines: 101 } }, ['coverage', 'lines'], /<=100/],
  [{ coverage: { lines: Number.NaN } }, ['coverage', 'lines'], /received NaN/],
  [{ lighthouse: { performance: 90 } }, ['lighthouse', 'performance'], /<=1/],
  [{ lighthouse: { lcp: 2500 } }, ['lighthouse', 'lcp'], /expected string/],
  [{ audit: 'severe' }, ['audit'], /"critical"\|"high"\|"moderate"\|"low"/],
  [{ bundle: { maxGrowth: '5' } }, ['bundle', 'maxGrowth'], /"5" is not a share; write 5% or 0.5%/],
  [{ bundle: { maxTotal: '600 kb' } }, ['bundle', 'maxTotal'], /"600 kb" is not a size; write 900B, 600kB/],
  [{ security: true }, ['security'], /"error"\|"warning"\|"note"/],
  [{ tests: { min: 0 } }, ['tests', 'min'], />=1/],
])('%j is refused with its path', (gates, path, message) => {
  const issues = gatesSchema.safeParse(gates).error?.issues ?? [];
  expect(issues.map((issue) => issue.path)).toEqual([path]);
  expect(issues[0]?.message).toMatch(message);
});
