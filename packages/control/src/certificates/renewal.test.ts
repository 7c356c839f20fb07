import { expect, test } from 'vitest';
import { pauseMs, renewAt } from './renewal.ts';

test('is renewed when two thirds of its life are over', () => {
  const certificate = { notBefore: '2026-01-01T00:00:00.000Z', notAfter: '2026-04-01T00:00:00.000Z' };
  expect(renewAt(certificate).toISOString()).toBe('2026-03-02T00:00:00.000Z');
});

test('an authority that refuses is asked less and less often, four times in the first hour, and never given up', () => {
  const minutes = [1, 2, 3, 4, 5, 6, 7, 100].map((failures) => pauseMs(failures) / 60_000);
  expect(minutes).toEqual([1, 3, 9, 27, 81, 243, 360, 360]);
});
