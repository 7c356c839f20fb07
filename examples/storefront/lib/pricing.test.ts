import { describe, expect, it } from 'vitest'
import { deliveryFee, lineDiscount, lineTotal, totalsOf, untilFreeDelivery } from './pricing'

describe('the crew discount', () => {
  it('starts with the fourth', () => {
    expect(lineDiscount({ unitCents: 1000, quantity: 3 })).toBe(0)
    expect(lineDiscount({ unitCents: 1000, quantity: 4 })).toBe(400)
  })

  it('rounds to whole pence, once a line', () => {
    expect(lineTotal({ unitCents: 999, quantity: 5 })).toBe(4995 - 500)
  })
})

describe('delivery', () => {
  it.each([
    [0, 0],
    [1, 495],
    [5999, 495],
    [6000, 0],
  ])('for goods of %d costs %d', (goods, fee) => expect(deliveryFee(goods)).toBe(fee))

  it('is decided after the discount', () => {
    const totals = totalsOf([{ unitCents: 1600, quantity: 4 }])
    expect(totals).toMatchObject({ goodsCents: 6400, discountCents: 640, deliveryCents: 495 })
  })
})

describe('totals', () => {
  it('add up', () => {
    expect(
      totalsOf([
        { unitCents: 4200, quantity: 4 },
        { unitCents: 9500, quantity: 1 },
      ]),
    ).toEqual({ goodsCents: 26300, discountCents: 1680, deliveryCents: 0, totalCents: 24620, vatCents: 4103 })
  })

  it('of nothing are nothing', () => {
    expect(totalsOf([]).totalCents).toBe(0)
  })

  it('say what is missing for free delivery', () => {
    expect(untilFreeDelivery(totalsOf([{ unitCents: 5000, quantity: 1 }]))).toBe(1000)
    expect(untilFreeDelivery(totalsOf([{ unitCents: 7000, quantity: 1 }]))).toBe(0)
  })
})
