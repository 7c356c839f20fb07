import { expect, test } from 'vitest';
import { formatSize, parseSize, size } from './size.ts';

test.each([
  ['512mb', 512 * 1024 ** 2],
  ['1.5gb', 1.5 * 1024 ** 3],
  ['2GB', 2 * 1024 ** 3],
  ['2', null],
  ['-1gb', null],
  ['much', null],
])('%s', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test('sizes are told to people as they are used to', () => {
  expect([256 * 1024 ** 2, 1.5 * 1024 ** 3].map(formatSize)).toEqual(['256 MiB', '1.5 GiB']);
});

test('what is no size, or none at all, is refused with an example', () => {
  for (const text of ['0mb', '7']) expect(size.safeParse(text).error?.issues[0]?.message).toMatch(/write 512mb or 2gb/);
});
