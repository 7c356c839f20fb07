import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readReport } from './read.ts';
import nodeTest from './samples/node-test.xml?raw';
import playwright from './samples/playwright.xml?raw';
import vitest from './samples/vitest.xml?raw';
import broken from './samples/vitest-broken.xml?raw';

test('the report of a green Vitest run', () => {
  expect(readReport('junit', vitest)).toEqual({
    kind: 'junit',
    figures: {
      'tests.total': 112,
      'tests.passed': 112,
      'tests.failed': 0,
      'tests.skipped': 0,
      'tests.flaky': 0,
      'tests.duration': 143,
    },
    problems: [],
    problemCount: 0,
    gap: null,
  });
});

test('failures of Vitest are told with their place; a file that could not be loaded is one', () => {
  const { figures, problems } = readReport('junit', broken);
  expect(figures).toMatchObject({ 'tests.total': 10, 'tests.passed': 5, 'tests.failed': 3, 'tests.skipped': 2 });
  expect(problems.map(({ message, file, line }) => ({ message, at: `${file}:${line}` }))).toEqual([
    {
      message: 'a broken thing > adds <up> & "quotes": expected 2 to be 3 // Object.is equality',
      at: 'lib/broken.test.ts:4',
    },
    { message: 'a broken thing > throws: no ]]> of it', at: 'lib/broken.test.ts:7' },
    {
      message: "lib/unloadable.test.ts: Cannot find module './nowhere' imported from /app/lib/unloadable.test.ts",
      at: 'lib/unloadable.test.ts:1',
    },
  ]);
});

test('Playwright tells timeouts as errors', () => {
  const { figures, problems } = readReport('junit', playwright);
  expect(figures).toMatchObject({ 'tests.total': 6, 'tests.passed': 2, 'tests.failed': 2, 'tests.skipped': 2 });
  expect(problems.map(({ message, line }) => `${line} ${message}`)).toEqual([
    '5 buying › a broken story: expect(received).toBe(expected) // Object.is equality',
    '6 buying › a hanging story: Test timeout of 1500ms exceeded.',
  ]);
});

test('node:test puts tests beside suites, and paths that are absolute', () => {
  const { figures, problems } = readReport('junit', nodeTest, '/app');
  expect(figures).toMatchObject({ 'tests.total': 5, 'tests.passed': 2, 'tests.failed': 1, 'tests.skipped': 2 });
  expect(problems).toEqual([
    { severity: 'error', message: 'fails: 1 == 2', rule: null, file: 'mt/a.test.mjs', line: 3 },
  ]);
});

test('several files add up', () => {
  const { figures, problemCount, gap } = readReport('junit', [vitest, broken, playwright]);
  expect(figures).toMatchObject({ 'tests.total': 128, 'tests.failed': 5, 'tests.skipped': 4 });
  expect({ problemCount, gap }).toEqual({ problemCount: 5, gap: null });
});

test.each([
  ['<testsuites/>', 'the report has no tests'],
  ['<testsuites tests="0"><testsuite name="a" tests="0"></testsuite></testsuites>', 'the report has no tests'],
  [
    '<testsuite><testcase name="a"><skipped/></testcase><testcase name="b"><skipped/></testcase></testsuite>',
    'all 2 tests were skipped',
  ],
  ['', 'the report is empty'],
  [' \n', 'the report is empty'],
])('a report in which nothing ran proves nothing: %s', (text, gap) => {
  expect(readReport('junit', text).gap).toBe(gap);
});

test('one empty report among several is a gap of the whole', () => {
  expect(readReport('junit', [vitest, '<testsuites/>']).gap).toBe('report 2 of 2: the report has no tests');
  expect(readReport('junit', []).gap).toBe('there is no report');
});

test('failures that the head counts and no test names still count', () => {
  const { figures, problems } = readReport(
    'junit',
    '<testsuites failures="3" errors="1"><testsuite failures="3"><testcase name="a"/></testsuite></testsuites>',
  );
  expect(figures['tests.failed']).toBe(4);
  expect(problems[0]?.message).toBe('the report counts 4 failures and names 0');
});

test('an error outside of a test is one of its suite', () => {
  const { figures, problems } = readReport(
    'junit',
    '<testsuite name="setup"><error message="no database"/><testcase name="a"/></testsuite>',
  );
  expect(figures).toMatchObject({ 'tests.total': 2, 'tests.failed': 1 });
  expect(problems[0]?.message).toBe('setup: no database');
});

test('a test inside of a test hides none', () => {
  const { figures } = readReport(
    'junit',
    '<testsuite><testcase name="a"><failure/><testcase name="b"/></testcase></testsuite>',
  );
  expect(figures).toMatchObject({ 'tests.total': 2, 'tests.failed': 1 });
});

test('a test that passed when tried again is flaky, and passed', () => {
  const { figures, problems } = readReport(
    'junit',
    '<testsuite><testcase name="a"><flakyFailure message="too slow">stack</flakyFailure></testcase></testsuite>',
  );
  expect(figures).toMatchObject({ 'tests.passed': 1, 'tests.failed': 0, 'tests.flaky': 1 });
  expect(problems).toEqual([{ severity: 'warning', message: 'a: too slow', rule: null, file: null, line: null }]);
});

test('times that are no numbers count nothing; elements with the names of methods mean nothing', () => {
  const odd = ['NaN', '-5', 'Infinity', '', 'soon'].map((time) => `<testcase name="a" time="${time}"/>`).join('');
  const { figures } = readReport(
    'junit',
    `<testsuite>${odd}<testcase name="b" time="1,000.5"><constructor/></testcase></testsuite>`,
  );
  expect(figures).toMatchObject({ 'tests.passed': 6, 'tests.duration': 1_000_500 });
});

test('what was written is what is read', () => {
  const outcome = fc.constantFrom('', '<failure message="m"/>', '<error/>', '<skipped/>');
  fc.assert(
    fc.property(fc.array(fc.array(outcome), { minLength: 1, maxLength: 3 }), (files) => {
      const texts = files.map(
        (file) => `<testsuite>${file.map((each) => `<testcase name="t">${each}</testcase>`).join('')}</testsuite>`,
      );
      const all = files.flat();
      const { figures, problemCount } = readReport('junit', texts);
      const failed = all.filter((each) => /failure|error/.test(each)).length;
      const skipped = all.filter((each) => each === '<skipped/>').length;
      expect(figures).toMatchObject({ 'tests.total': all.length, 'tests.failed': failed, 'tests.skipped': skipped });
      expect(problemCount).toBe(failed);
    }),
  );
});
