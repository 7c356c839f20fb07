import { expect, it } from 'vitest'
import { formatMoney, shareOf } from './money'

it.each([
  [0, '£0.00'],
  [5, '£0.05'],
  [495, '£4.95'],
  [1234567, '£12,345.67'],
])('writes %d pence as %s', (pence, text) => expect(formatMoney(pence)).toBe(text))

it('rounds a share to whole pence', () => {
  expect(shareOf(999, 0.1)).toBe(100)
  expect(shareOf(994, 0.1)).toBe(99)
})
