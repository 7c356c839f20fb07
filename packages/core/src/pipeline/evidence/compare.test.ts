import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare } from './compare.ts';
import type { Evidence } from './evidence.ts';

const of = (figures: Record<string, number>): Evidence => ({
  kind: 'bundle',
  figures,
  problems: [],
  problemCount: 0,
  gap: null,
});

test('what got worse comes first, by the weight of the change', () => {
  const before = of({
    'bundle.total': 700_000,
    'bundle.chunk.main': 90_000,
    'bundle.chunk.old': 5_000,
    'bundle.gzip': 1,
  });
  const after = of({
    'bundle.total': 731_000,
    'bundle.chunk.main': 89_000,
    'bundle.chunk.framer-motion': 37_000,
    'bundle.gzip': 1,
  });
  expect(compare(before, after)).toEqual([
    { figure: 'bundle.chunk.framer-motion', before: null, after: 37_000, change: 37_000, effect: 'worse' },
    { figure: 'bundle.total', before: 700_000, after: 731_000, change: 31_000, effect: 'worse' },
    { figure: 'bundle.chunk.old', before: 5_000, after: null, change: -5_000, effect: 'better' },
    { figure: 'bundle.chunk.main', before: 90_000, after: 89_000, change: -1_000, effect: 'better' },
  ]);
});

test('higher is better for coverage, and nothing can be said of what only one release has', () => {
  const rows = compare(
    of({ 'coverage.lines': 80, 'tests.total': 10 }),
    of({ 'coverage.lines': 78, 'tests.total': 12, 'coverage.branches': 70 }),
  );
  expect(rows.map(({ figure, change, effect }) => [figure, change, effect])).toEqual([
    ['coverage.lines', -2, 'worse'],
    ['tests.total', 2, 'neutral'],
    ['coverage.branches', null, 'neutral'],
  ]);
});

test('a release does not differ from itself, and the way back tells the opposite', () => {
  const name = fc.constantFrom('bundle.total', 'bundle.chunk.a', 'bundle.chunk.b', 'coverage.lines', 'tests.total');
  const evidence = fc.dictionary(name, fc.nat(1e6)).map((figures) => of({ ...figures }));
  const opposite = { worse: 'better', better: 'worse', neutral: 'neutral' };
  fc.assert(
    fc.property(evidence, evidence, (a, b) => {
      expect(compare(a, a)).toEqual([]);
      const back = new Map(compare(b, a).map((row) => [row.figure, row]));
      const there = compare(a, b);
      expect(there.length).toBe(back.size);
      for (const row of there) expect(back.get(row.figure)?.effect).toBe(opposite[row.effect]);
    }),
  );
});
