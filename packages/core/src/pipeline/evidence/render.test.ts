import fc from 'fast-check';
import { expect, test } from 'vitest';
import { figureOf, figures } from './figures.ts';
import { renderChange, renderFigure, renderPair } from './render.ts';

test.each([
  ['coverage.lines', 78.16, '78.2 %'],
  ['coverage.lines', 80, '80 %'],
  ['lighthouse.performance', 0.9, '0.90'],
  ['lighthouse.cls', 0.0312, '0.031'],
  ['lighthouse.lcp', 1234, '1.2 s'],
  ['lighthouse.tbt', 96, '96 ms'],
  ['bundle.total', 999, '999 B'],
  ['bundle.total', 31_040, '31 kB'],
  ['bundle.chunk.framer-motion', 1_540_000, '1.5 MB'],
  ['tests.failed', 3, '3'],
  ['no.such.figure', 3, '3'],
])('%s of %d is told as %s', (name, value, text) => expect(renderFigure(name, value)).toBe(text));

test('a change has its sign', () => {
  expect(renderChange('bundle.chunk.framer-motion', 31_000)).toBe('+31 kB');
  expect(renderChange('coverage.lines', -2.06)).toBe('-2.1 %');
});

test('two values that differ never look the same', () => {
  expect(renderPair('percent', 79.96, 80)).toEqual(['79.96 %', '80 %']);
  expect(renderPair('bytes', 600_010, 600_000)).toEqual(['600.01 kB', '600 kB']);
  expect(renderPair('ms', 2500.4, 2500)).toEqual(['2500.4 ms', '2500 ms']);
  const value = fc.double({ min: 0, max: 1e9, noNaN: true });
  const unit = fc.constantFrom(...new Set(figures.map((figure) => figure.unit)));
  fc.assert(
    fc.property(unit, value, value, (of, a, b) => {
      const [one, other] = renderPair(of, a, b);
      expect(one === other).toBe(a === b);
    }),
  );
});

test('a part of a whole is called by its own name, whatever it is', () => {
  expect(figureOf('bundle.chunk.framer-motion')).toMatchObject({
    label: 'framer-motion chunk',
    unit: 'bytes',
    kind: 'bundle',
  });
  expect(figureOf('bundle.route./$&/[id]')?.label).toBe('/$&/[id] first load');
  expect(figureOf('bundle.weight')).toBeNull();
});

test('every figure has a name of its own', () => {
  expect(new Set(figures.map(({ name }) => name)).size).toBe(figures.length);
});
