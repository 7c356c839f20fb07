import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { get, order, stockOf } from './shop'

/** Another instance may show its catalogue for a moment longer. */
function eventually(slug: string, stock: number) {
  return expect.poll(() => stockOf(slug), { timeout: 5000, interval: 250 }).toBe(stock)
}

describe('placing an order', () => {
  it('writes it, takes the stock, and can be read again', async () => {
    const before = await stockOf('boot-socks')
    const response = await order([{ slug: 'boot-socks', quantity: 4 }])
    expect(response.status).toBe(201)
    const placed = await response.json()
    expect(placed).toMatchObject({ goodsCents: 7600, discountCents: 760, totalCents: 6840 })
    await eventually('boot-socks', before - 4)
    const read = await (await get(`/api/orders/${placed.id}`)).json()
    expect(read).toEqual(placed)
    expect(await (await get(`/orders/${placed.id}`)).text()).toContain(placed.number)
  })

  it('places one order for a request that is repeated, even at the same moment', async () => {
    const before = await stockOf('watch-cap')
    const key = randomUUID()
    const send = () => order([{ slug: 'watch-cap', quantity: 1 }], key)
    const responses = await Promise.all([send(), send(), send(), send()])
    expect(responses.map((response) => response.status).sort()).toEqual([200, 200, 200, 201])
    const ids = await Promise.all(responses.map(async (response) => (await response.json()).id))
    expect(new Set(ids).size).toBe(1)
    await eventually('watch-cap', before - 1)
  })

  it('refuses a key that belongs to another order', async () => {
    const key = randomUUID()
    await order([{ slug: 'watch-cap', quantity: 1 }], key)
    const response = await order([{ slug: 'watch-cap', quantity: 2 }], key)
    expect(response.status).toBe(409)
    expect((await response.json()).error.code).toBe('key-reused')
  })

  it('refuses a whole order when one line cannot be met, and takes nothing', async () => {
    const before = await stockOf('beeswax-pillar')
    const response = await order([
      { slug: 'beeswax-pillar', quantity: 1 },
      { slug: 'sandpiper-kite', quantity: 12 },
    ])
    expect(response.status).toBe(409)
    expect((await response.json()).error).toMatchObject({ code: 'out-of-stock', slug: 'sandpiper-kite' })
    await eventually('beeswax-pillar', before)
  })

  it('says what is wrong with an order', async () => {
    const response = await order([])
    expect(response.status).toBe(422)
    expect((await response.json()).error.fields).toHaveProperty('lines')
    expect((await order([{ slug: 'watch-cap', quantity: 1 }], 'short')).status).toBe(400)
  })
})
