import { describe, expect, test } from 'vitest';
import { cleanHistory, defaultRestartPolicy as policy, restartDelay, withEnd } from './restart-policy.ts';

const endsAt = (times: readonly number[], readyFor: number | null) =>
  times.reduce((history, at) => withEnd(history, policy, at, readyFor === null ? null : at - readyFor), cleanHistory);

describe('restartDelay', () => {
  test('doubles from 250 ms to 30 s', () => {
    const counts = [1, 2, 3, 4, 8, 9, 50];
    const delays = counts.map((count) => restartDelay({ ...cleanHistory, count }, policy));
    expect(delays).toEqual([250, 500, 1000, 2000, 30_000, 30_000, 30_000]);
  });

  test('starts anew after a minute of health', () => {
    const history = withEnd(endsAt([0, 100_000, 200_000], 1000), policy, 400_000, 340_000);
    expect(restartDelay(history, policy)).toBe(250);
    expect(history.count).toBe(1);
  });
});

describe('withEnd', () => {
  test('three ends before it was ever ready are a crash loop, however far apart', () => {
    expect(endsAt([0, 500_000], null).crashLoop).toBeNull();
    expect(endsAt([0, 500_000, 1_000_000], null).crashLoop).toBe('it ended 3 times before it was ever ready');
  });

  test('five ends within a minute are a crash loop, four or slower ones are not', () => {
    expect(endsAt([0, 10_000, 20_000, 30_000], 1000).crashLoop).toBeNull();
    expect(endsAt([0, 10_000, 20_000, 30_000, 60_000], 1000).crashLoop).toBe('it ended 5 times within 1 min');
    expect(endsAt([0, 20_000, 40_000, 60_000, 80_000], 1000).crashLoop).toBeNull();
  });

  test('a crash loop stays one until a minute of health', () => {
    const looped = endsAt([0, 1, 2], null);
    expect(withEnd(looped, policy, 90_000, 80_000).crashLoop).not.toBeNull();
    expect(withEnd(looped, policy, 90_000, 20_000).crashLoop).toBeNull();
  });
});
