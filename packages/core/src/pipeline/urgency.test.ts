import { expect, test } from 'vitest';
import { byUrgency } from './urgency.ts';

const jobs = [
  { name: 'install', needs: [] },
  { name: 'lint', needs: ['install'] },
  { name: 'unit', needs: ['install'] },
  { name: 'build', needs: ['install'] },
  { name: 'e2e', needs: ['build'] },
];
const order = (took: Record<string, number>, of: ReadonlyArray<(typeof jobs)[number] & { after?: string[] }> = jobs) =>
  byUrgency(of, new Map(Object.entries(took))).map(({ name }) => name);

test('the longest way to the end comes first', () => {
  expect(order({ install: 9, lint: 3, unit: 8, build: 4, e2e: 5 })).toEqual([
    'install',
    'build',
    'unit',
    'e2e',
    'lint',
  ]);
});

test('where nothing is known, the number of jobs on the way decides, else the order stays', () => {
  expect(order({})).toEqual(['install', 'build', 'lint', 'unit', 'e2e']);
});

test('one of which nothing is known counts as the mean of the others', () => {
  expect(order({ install: 4, lint: 30, build: 2, e2e: 1 })).toEqual(['install', 'lint', 'unit', 'build', 'e2e']);
});

test('what only waits for the end of others is on their way as well', () => {
  const load = { name: 'load', needs: [], after: ['lint'] };
  expect(order({ install: 1, lint: 1, unit: 5, build: 1, e2e: 1, load: 9 }, [...jobs, load])).toEqual([
    ...['install', 'lint', 'load', 'unit', 'build', 'e2e'],
  ]);
});
