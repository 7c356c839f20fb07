import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';
import { duration } from './values.ts';

test.each([
  ['250ms', 250],
  ['0s', 0],
  ['1.5s', 1500],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['30d', 2_592_000_000],
  [' 5m ', 300_000],
])('%s is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

test.each(['', '5', 'm', '5 m', '-5m', '5M', '5min', '1h30m', '.5s', '5.m', '1e3s', '٥m'])(
  '"%s" is no duration',
  (text) => {
    expect(parseDuration(text)).toBeNull();
    expect(duration.safeParse(text).error?.issues[0]?.message).toBe(
      `"${text}" is not a duration; write 250ms, 10s, 5m, 2h or 30d`,
    );
  },
);

test('every whole number of every unit is read as so many milliseconds', () => {
  const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const unit = fc.constantFrom(...(Object.keys(units) as Array<keyof typeof units>));
  fc.assert(
    fc.property(fc.nat(100_000), unit, (n, name) => {
      expect(parseDuration(`${n}${name}`)).toBe(n * units[name]);
    }),
  );
});

test.each([
  [0, '0 ms'],
  [250, '250 ms'],
  [10_000, '10 s'],
  [1500, '1.5 s'],
  [330_000, '5 min 30 s'],
  [300_000, '5 min'],
  [7_260_000, '2 h 1 min'],
  [86_400_000, '1 d'],
  [999.7, '1 s'],
  [59_999, '1 min'],
])('%d ms is said as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
