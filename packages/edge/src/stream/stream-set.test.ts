import { afterEach, expect, test, vi } from 'vitest';
import { openStreamSet } from './stream-set.ts';

afterEach(() => vi.useRealTimers());

test('closes come evenly over the spread; who left before is left alone', () => {
  vi.useFakeTimers();
  const set = openStreamSet();
  let closed = 0;
  const streams = Array.from({ length: 2_000 }, () => ({ closeSoon: () => closed++ }));
  for (const stream of streams) set.add(stream);
  set.closeSpread(1_000);
  for (const stream of streams.slice(0, 1_000)) set.delete(stream);
  for (const quarter of [1, 2, 3, 4]) {
    vi.advanceTimersByTime(250);
    // Six standard deviations of a fair draw.
    expect(Math.abs(closed - quarter * 250)).toBeLessThan(95);
  }
  expect(closed).toBe(1_000);
});
