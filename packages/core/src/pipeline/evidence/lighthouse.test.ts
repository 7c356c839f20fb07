import { expect, test } from 'vitest';
import { readReport } from './read.ts';
import run1 from './samples/lighthouse-1.json?raw';
import run2 from './samples/lighthouse-2.json?raw';
import run3 from './samples/lighthouse-3.json?raw';
import failed from './samples/lighthouse-error.json?raw';

/** A real run with another score, time or page. */
function run(change: { score?: number | null; lcp?: number; url?: string }): string {
  const report = JSON.parse(run1);
  if (change.score !== undefined) report.categories.performance.score = change.score;
  if (change.lcp !== undefined) report.audits['largest-contentful-paint'].numericValue = change.lcp;
  if (change.url !== undefined) report.requestedUrl = change.url;
  return JSON.stringify(report);
}

// Scenario 32: identical bytes score 89, then 70 (https://github.com/kestra-io/docs/issues/5707).
test('identical bytes score 89, then 70: performance takes the median of the runs', () => {
  const scores = (...values: number[]) =>
    readReport(
      'lighthouse',
      values.map((score) => run({ score })),
    ).figures['lighthouse.performance'];
  expect(scores(0.89, 0.7, 0.88)).toBe(0.88);
  expect(scores(0.7, 0.89, 0.88)).toBe(0.88);
  expect(scores(0.7)).toBe(0.7);
});

test('each figure is the median of three real runs, whichever run it comes from', () => {
  expect(readReport('lighthouse', [run1, run2, run3])).toEqual({
    kind: 'lighthouse',
    figures: {
      'lighthouse.performance': 0.99,
      'lighthouse.accessibility': 1,
      'lighthouse.best-practices': 1,
      'lighthouse.seo': 1,
      'lighthouse.fcp': expect.closeTo(783.52, 1),
      'lighthouse.lcp': expect.closeTo(1575.52, 1),
      'lighthouse.tbt': 102,
      'lighthouse.cls': 0,
      'lighthouse.speed-index': expect.closeTo(783.52, 1),
      'lighthouse.runs': 3,
    },
    problems: [],
    problemCount: 0,
    gap: null,
  });
});

test('of several pages the worst median counts; the port is no part of a page', () => {
  const home = ['http://127.0.0.1:1/', 'http://127.0.0.1:2/'].map((url) => run({ url, score: 0.9, lcp: 4000 }));
  const cart = ['http://127.0.0.1:1/cart', 'http://127.0.0.1:2/cart'].map((url) => run({ url, score: 0.6, lcp: 1000 }));
  expect(readReport('lighthouse', [...home, ...cart]).figures).toMatchObject({
    'lighthouse.performance': 0.6,
    'lighthouse.lcp': 4000,
    'lighthouse.runs': 2,
  });
});

test('a run that could not load the page is a gap, also among runs that could', () => {
  expect(readReport('lighthouse', failed).gap).toMatch(
    /^lighthouse could not load the page: CHROME_INTERSTITIAL_ERROR /,
  );
  expect(readReport('lighthouse', [run1, failed, run3]).gap).toMatch(/^report 2 of 3: lighthouse could not load/);
  expect(readReport('lighthouse', failed).figures).toEqual({ 'lighthouse.runs': 1 });
});

test('audits that lower a score are problems, the worst first', () => {
  const report = JSON.parse(run1);
  report.audits['color-contrast'].score = 0;
  report.audits['total-blocking-time'].score = 0.6;
  report.audits['unused-javascript'].score = 0;
  expect(readReport('lighthouse', JSON.stringify(report)).problems).toEqual([
    {
      severity: 'error',
      message: '/delivery: Background and foreground colors have a sufficient contrast ratio',
      rule: 'color-contrast',
      file: null,
      line: null,
    },
    {
      severity: 'warning',
      message: '/delivery: Total Blocking Time (100 ms)',
      rule: 'total-blocking-time',
      file: null,
      line: null,
    },
  ]);
});

test('a score that was not measured is no figure; one out of range is refused with its path', () => {
  expect(readReport('lighthouse', run({ score: null })).figures).not.toHaveProperty('lighthouse.performance');
  expect(() => readReport('lighthouse', run({ score: -1 }))).toThrow(
    /^line 1: categories\.performance\.score: Too small/,
  );
  expect(() => readReport('lighthouse', run({ score: 90 }))).toThrow(
    /^line 1: categories\.performance\.score: Too big/,
  );
});
