import { expect, it } from 'vitest'
import { stockLevel, stockText } from './product'

it.each([
  [0, 'sold-out', 'Sold out'],
  [1, 'low', 'Only 1 left'],
  [5, 'low', 'Only 5 left'],
  [6, 'in-stock', 'In stock'],
])('stock of %d is %s: %s', (stock, level, text) => {
  expect(stockLevel(stock)).toBe(level)
  expect(stockText(stock)).toBe(text)
})
