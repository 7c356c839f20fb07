import { expect, test } from 'vitest';
import { since } from './duration.ts';
import { plain, renderTable } from './table.ts';

test('columns are as wide as their widest cell', () => {
  expect(
    renderTable(
      ['NAME', 'LIVE', 'URL'],
      [
        ['staging', 'rel_1', 'http://a'],
        ['production', '–'],
        ['x', '', ''],
      ],
    ),
  ).toBe(['NAME        LIVE   URL', 'staging     rel_1  http://a', 'production  –', 'x'].join('\n'));
  expect(renderTable(['A', 'B'], [])).toBe('A  B');
});

test('what others wrote moves no cursor', () => {
  expect(plain('a\x1b[2J\x1b[31mred\x1b[0m\r\nb\tc\x07')).toBe('ared b c ');
  expect(renderTable(['A'], [['\x1b[2Jx\ny']])).toBe('A\nx y');
});

test.each([
  ['2026-01-01T00:00:10Z', '0 s'],
  ['2026-01-01T00:00:08.9Z', '1 s'],
  ['2026-01-01T00:00:20Z', '0 s'],
  ['2025-12-31T22:00:10Z', '2 h'],
])('since %s', (moment, text) => expect(since(moment, Date.parse('2026-01-01T00:00:10Z'))).toBe(text));
