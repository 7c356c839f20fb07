import { describe, expect, it } from 'vitest'
import { checkCustomer, checkLines, isIdempotencyKey } from './validation'

const ada = {
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  address: '1 Quay Street',
  city: 'Falmouth',
  postcode: 'TR11 3AB',
}

describe('the customer', () => {
  it('is taken with the spaces around trimmed and nothing extra', () => {
    expect(checkCustomer({ ...ada, name: '  Ada Lovelace ', admin: true })).toEqual({ ok: true, value: ada })
  })

  it.each([
    ['name', ' '],
    ['email', 'ada@'],
    ['email', 'ada @example.com'],
    ['address', 'x'],
    ['city', 'F'],
    ['postcode', '!'],
    ['name', 'x'.repeat(121)],
  ])('is refused with %s %o', (field, value) => {
    const checked = checkCustomer({ ...ada, [field]: value })
    expect(checked).toMatchObject({ ok: false, errors: { [field]: expect.any(String) } })
  })

  it.each([undefined, null, 'text', 7])('is refused when it is %o', (input) => {
    const checked = checkCustomer(input)
    expect(checked.ok ? [] : Object.keys(checked.errors)).toHaveLength(5)
  })
})

describe('order lines', () => {
  it('are taken without anything extra', () => {
    expect(checkLines([{ slug: 'mug', quantity: 2, unitCents: 1 }])).toEqual({
      ok: true,
      value: [{ slug: 'mug', quantity: 2 }],
    })
  })

  it.each([
    [undefined],
    [[]],
    [[null]],
    [[{ slug: 'mug', quantity: 0 }]],
    [[{ slug: 'mug', quantity: 1.5 }]],
    [[{ slug: 'mug', quantity: 13 }]],
    [[{ slug: 7, quantity: 1 }]],
    [Array.from({ length: 21 }, (_, at) => ({ slug: `p-${at}`, quantity: 1 }))],
    [
      [
        { slug: 'mug', quantity: 1 },
        { slug: 'mug', quantity: 1 },
      ],
    ],
  ])('are refused: %j', (lines) => expect(checkLines(lines).ok).toBe(false))
})

it.each([
  ['2f1c9a1e-90d2-4f0e-b0a5-1c2d3e4f5a6b', true],
  ['short', false],
  ['has spaces in it', false],
  [null, false],
])('key %o is acceptable: %s', (key, acceptable) => expect(isIdempotencyKey(key)).toBe(acceptable))
