import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readReport } from './read.ts';
import lcov from './samples/lcov.info?raw';

const record = (file: string, ...lines: string[]) => [`SF:${file}`, ...lines, 'end_of_record', ''].join('\n');

test('the report of a real run says what its own summary said', () => {
  const { figures, problems, gap } = readReport('lcov', lcov);
  expect(figures).toEqual({
    'coverage.lines': 100,
    'coverage.branches': expect.closeTo(99.0476, 3),
    'coverage.functions': 100,
  });
  expect({ problems, gap }).toEqual({ problems: [], gap: null });
});

test('a line that ran in one of several reports is covered', () => {
  const unit = record('a.ts', 'DA:1,1', 'DA:2,0', 'BRDA:1,0,0,1', 'BRDA:1,0,1,-', 'FN:1,f', 'FNDA:0,f');
  const integration = record('a.ts', 'DA:1,0', 'DA:2,3', 'BRDA:1,0,0,-', 'BRDA:1,0,1,-', 'FN:1,f', 'FNDA:2,f');
  expect(readReport('lcov', unit).figures).toEqual({
    'coverage.lines': 50,
    'coverage.branches': 50,
    'coverage.functions': 0,
  });
  expect(readReport('lcov', [unit, integration]).figures).toEqual({
    'coverage.lines': 100,
    'coverage.branches': 50,
    'coverage.functions': 100,
  });
});

test('the files with the most lines that never ran come first', () => {
  const text = record('a.ts', 'DA:4,0', 'DA:5,1') + record('b.ts', 'DA:9,0', 'DA:7,0') + record('c.ts', 'DA:1,1');
  expect(readReport('lcov', text).problems).toEqual([
    { severity: 'note', message: '0 of 2 lines covered', rule: null, file: 'b.ts', line: 7 },
    { severity: 'note', message: '1 of 2 lines covered', rule: null, file: 'a.ts', line: 4 },
  ]);
});

test('records of lcov 2 are known: functions by index, checksums, ends of functions', () => {
  const text = record('a.ts', 'VER:1', 'FNL:0,1,3', 'FNA:0,2,f', 'FN:5,9,g', 'FNDA:0,g', 'DA:1,2,abc=', '# said aside');
  expect(readReport('lcov', text).figures).toEqual({ 'coverage.lines': 100, 'coverage.functions': 50 });
});

test('a report without a line proves nothing', () => {
  expect(readReport('lcov', record('a.ts'))).toMatchObject({ figures: {}, gap: 'the report covers no line' });
});

test.each([
  ['TN:\nDA:1,1\n', 'line 2: no lcov: "DA:1,1" outside of a record'],
  ['SF:a\nDA:1,-1\nend_of_record', 'line 2: no lcov: "DA:1,-1"'],
  ['SF:a\nDA:1,NaN\nend_of_record', 'line 2: no lcov: "DA:1,NaN"'],
  ['SF:a\nDA:1,1', 'line 2: ends inside of a record, without end_of_record'],
  ['SF:a\nDA:1,1\nSF:b', 'line 3: SF before the end_of_record of the file above'],
  ['{"total":{}}', 'line 1: no lcov: "{"total":{}}" outside of a record'],
  [`SF:a\n${'x'.repeat(100_000)}`, `line 2: no lcov: "${'x'.repeat(60)}"`],
])('what is no lcov is refused with its line: %s', (text, message) => {
  expect(() => readReport('lcov', text)).toThrow(expect.objectContaining({ code: 'REPORT_MALFORMED', message }));
});

test('coverage is the share of lines that ran', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.array(fc.nat(3), { minLength: 1 }), { minKeys: 1 }),
      (files) => {
        const text = Object.entries(files).map(([file, hits]) =>
          record(file, ...hits.map((hit, i) => `DA:${i + 1},${hit}`)),
        );
        const all = Object.values(files).flat();
        const covered = all.filter((hit) => hit > 0).length;
        expect(readReport('lcov', text.join('')).figures['coverage.lines']).toBeCloseTo(
          (covered / all.length) * 100,
          9,
        );
      },
    ),
  );
});
