import { describe, expect, it } from 'vitest'
import {
  addToCart,
  type Cart,
  countItems,
  MAX_LINES,
  MAX_QUANTITY,
  parseCart,
  serializeCart,
  setQuantity,
} from './cart'

const cart: Cart = [
  { slug: 'storm-lantern', quantity: 1 },
  { slug: 'harbour-mug', quantity: 2 },
]

describe('the cart cookie', () => {
  it('survives a round trip', () => {
    expect(parseCart(serializeCart(cart))).toEqual(cart)
  })

  it.each([undefined, '', 'nonsense', '*', 'mug*', 'mug*-1', 'mug*1e9', '../etc*1', 'MUG*1', 'mug*0'])(
    'reads %o as empty',
    (cookie) => expect(parseCart(cookie)).toEqual([]),
  )

  it('keeps the good lines beside a bad one', () => {
    expect(parseCart('harbour-mug*2.<b>*1.kite*1')).toEqual([
      { slug: 'harbour-mug', quantity: 2 },
      { slug: 'kite', quantity: 1 },
    ])
  })

  it('adds lines of the same product up', () => {
    expect(parseCart('mug*2.mug*3')).toEqual([{ slug: 'mug', quantity: 5 }])
  })
})

describe('changing the cart', () => {
  it('adds to a line that is there', () => {
    expect(addToCart(cart, 'harbour-mug', 3)[1]).toEqual({ slug: 'harbour-mug', quantity: 5 })
  })

  it('appends a new line', () => {
    expect(addToCart(cart, 'dry-bag', 1)).toHaveLength(3)
  })

  it('stops at the largest quantity', () => {
    expect(setQuantity(cart, 'harbour-mug', 99)[1]?.quantity).toBe(MAX_QUANTITY)
  })

  it.each([0, -4, Number.NaN])('removes a line set to %d', (quantity) => {
    expect(setQuantity(cart, 'harbour-mug', quantity)).toEqual([{ slug: 'storm-lantern', quantity: 1 }])
  })

  it('takes no more lines than it may hold', () => {
    const full = Array.from({ length: MAX_LINES }, (_, at) => ({ slug: `p-${at}`, quantity: 1 }))
    expect(addToCart(full, 'one-more', 1)).toEqual(full)
  })

  it('leaves the given cart alone', () => {
    setQuantity(cart, 'storm-lantern', 9)
    expect(cart[0]?.quantity).toBe(1)
  })

  it('counts items, not lines', () => {
    expect(countItems(cart)).toBe(3)
  })
})
