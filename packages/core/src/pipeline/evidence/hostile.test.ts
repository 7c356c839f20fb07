import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KovaError } from '../../errors/kova-error.ts';
import { type Evidence, reportKinds } from './evidence.ts';
import { figureOf } from './figures.ts';
import { maxReportLength, readReport } from './read.ts';
import biome from './samples/biome.sarif?raw';
import bom from './samples/cyclonedx.json?raw';
import lcov from './samples/lcov.info?raw';
import lighthouse from './samples/lighthouse-1.json?raw';
import weighed from './samples/next-bundle.json?raw';
import audit from './samples/npm-audit.json?raw';
import junit from './samples/vitest-broken.xml?raw';

const load = JSON.stringify({
  ...{ requests: 1200, rps: 119.4, errorRate: 0.01, errors: { '5xx': 10, timeout: 2 } },
  latency: { p50: 12.1, p95: 80.5, p99: 210, max: 400 },
});
const samples = { junit, lcov, sarif: biome, lighthouse, load, bundle: weighed, cyclonedx: bom, 'npm-audit': audit };
const jsonKinds = ['sarif', 'lighthouse', 'load', 'bundle', 'cyclonedx', 'npm-audit'] as const;

/** The evidence, or null for a report that is refused as it should be: with a line. */
function attempt(kind: (typeof reportKinds)[number], text: string | string[]): Evidence | null {
  try {
    return readReport(kind, text);
  } catch (error) {
    expect(error).toBeInstanceOf(KovaError);
    expect(error).toMatchObject({
      code: 'REPORT_MALFORMED',
      message: expect.stringMatching(/^(report \d of \d, )?line \d+: ./),
    });
    return null;
  }
}

function expectBounded({ kind, figures, problems, problemCount }: Evidence): void {
  expect(problems.length).toBe(Math.min(100, problemCount));
  for (const { message, file } of problems) {
    expect(message.length).toBeLessThanOrEqual(500);
    expect(message).not.toMatch(/\p{Cc}/u);
    expect(file?.length ?? 0).toBeLessThanOrEqual(300);
  }
  for (const [name, value] of Object.entries(figures)) {
    expect(Number.isFinite(value) && value >= 0, name).toBe(true);
    expect(figureOf(name)?.kind).toBe(kind);
  }
}

test.each(reportKinds)('%s: any text is read or refused with a line, never more', (kind) => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.string({ unit: fc.constantFrom(...'<>/"{}[]:,&;a1-\n') }),
  );
  fc.assert(
    fc.property(text, (value) => {
      const evidence = attempt(kind, value);
      if (evidence) expectBounded(evidence);
    }),
    { numRuns: 300 },
  );
});

test.each(reportKinds)('%s: a report that was cut off is refused, or proves no more than the whole', (kind) => {
  const whole = samples[kind].trimEnd();
  fc.assert(
    fc.property(fc.nat(whole.length - 2), (length) => {
      const cut = attempt(kind, whole.slice(0, length));
      // An lcov report that ends with one of its records is whole.
      if (cut) expect(cut.gap !== null || kind === 'lcov').toBe(true);
    }),
    { numRuns: 100 },
  );
});

test.each(reportKinds)('%s: a report with one part of it changed is read or refused', (kind) => {
  const whole = samples[kind];
  const junk = fc.constantFrom(
    '',
    '-1',
    'NaN',
    'null',
    '"',
    '[',
    '}',
    '<',
    '&bad;',
    '1e999',
    '\0',
    '\uD800',
    '__proto__',
  );
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(12), junk, (at, length, text) => {
      const evidence = attempt(kind, whole.slice(0, at) + text + whole.slice(at + length));
      if (evidence) expectBounded(evidence);
    }),
    { numRuns: 300 },
  );
});

test.each(jsonKinds)('%s: a tree of any depth is refused', (kind) => {
  const deep = `\n${'['.repeat(2_000_000)}`;
  expect(() => readReport(kind, deep)).toThrow('line 2: nested deeper than 200');
  expect(() => readReport(kind, `{"\\"{":${'{"a":'.repeat(300)}`)).toThrow('nested deeper than 200');
});

test('of a million bad values only the first is told', () => {
  const bad = `[\n${'1,'.repeat(1_000_000)}1]`;
  const run = `{"tool":{"driver":{"name":"probe"}},"results":${bad}}`;
  expect(() => readReport('sarif', `{"version":"2.1.0","runs":[${run}]}`)).toThrow(
    'line 2: runs[0].results[0]: Invalid input: expected object, received number',
  );
  expect(() => readReport('bundle', `{"chunks":${bad}}`)).toThrow(/^line 2: chunks\[0\]: /);
});

test('a long string full of brackets and backslashes is no depth', () => {
  const text = JSON.stringify({ version: '2.1.0', runs: [], note: `${'['.repeat(1000)}${'\\"'.repeat(100_000)}\\` });
  expect(readReport('sarif', text).gap).toBe('the report holds no run of a tool');
});

test('a billion laughs are no laugh: entities of the document are unknown', () => {
  const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('\n');
  const text = `<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY l0 "lol">\n${entities}]>\n<testsuite name="&l9;"/>`;
  expect(() => readReport('junit', text)).toThrow('line 12: no XML: undefined entity');
});

test('suites in suites without end are refused', () => {
  expect(() => readReport('junit', '<testsuite>'.repeat(100_000))).toThrow('line 1: nested deeper than 200');
});

test('of 100,000 failures a hundred are kept and all are counted', () => {
  const failure = '<testcase name="t"><failure message="m"/></testcase>';
  const evidence = readReport('junit', `<testsuite>${failure.repeat(100_000)}</testsuite>`);
  expect(evidence).toMatchObject({ figures: { 'tests.failed': 100_000 }, problemCount: 100_000 });
  expectBounded(evidence);
});

test('of 100,000 findings the worst are kept, though they come last', () => {
  const finding = (level: string) => ({ level, message: { text: 'm' } });
  const results = [...Array.from({ length: 100_000 }, () => finding('note')), finding('error')];
  const log = { version: '2.1.0', runs: [{ tool: { driver: { name: 'probe' } }, results }] };
  const evidence = readReport('sarif', JSON.stringify(log));
  expect(evidence.problemCount).toBe(100_001);
  expect(evidence.problems.slice(0, 2).map(({ severity }) => severity)).toEqual(['error', 'note']);
  expectBounded(evidence);
});

test('a line of ten million characters is cut', () => {
  const huge = 'x'.repeat(10_000_000);
  const evidence = readReport(
    'junit',
    `<testsuite><testcase name="${huge}"><failure>${huge}</failure></testcase></testsuite>`,
  );
  expectBounded(evidence);
  expect(evidence.problems[0]?.message).toMatch(/x…$/);
});

test('a report beyond the limit is refused before anything looks at it', () => {
  expect(() => readReport('junit', 'x'.repeat(maxReportLength + 1))).toThrow(/^longer than 33554432 characters/);
});

test('a byte order mark is no error', () => {
  for (const kind of reportKinds)
    expect(attempt(kind, `\uFEFF${samples[kind]}`)).toEqual(readReport(kind, samples[kind]));
});

test('of several reports the one that is malformed is named', () => {
  expect(() => readReport('junit', [junit, '<testsuites>\n<testsuite>'])).toThrow(
    'report 2 of 2, line 2: no XML: unclosed tag: testsuite',
  );
});
