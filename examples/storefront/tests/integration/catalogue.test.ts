import { describe, expect, it } from 'vitest'
import { get } from './shop'

describe('health', () => {
  it('is good, fresh and names the release', async () => {
    const response = await get('/api/health')
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const health = await response.json()
    expect(health).toMatchObject({
      status: 'ok',
      release: expect.any(String),
      checks: { postgres: { ok: true, ms: expect.any(Number) }, schema: { ok: true } },
    })
  })
})

describe('the catalogue', () => {
  it('lists all products', async () => {
    const { count, products } = await (await get('/api/products')).json()
    expect(count).toBeGreaterThanOrEqual(24)
    expect(products[0]).toMatchObject({ slug: expect.any(String), priceCents: expect.any(Number) })
  })

  it('filters by category and words', async () => {
    const { products } = await (await get('/api/products?category=cabin&q=lantern')).json()
    expect(products.map((product: { slug: string }) => product.slug)).toEqual(['storm-lantern'])
  })

  it('answers 404 for what it does not sell', async () => {
    expect((await get('/api/products/ghost-ship')).status).toBe(404)
    expect((await get('/products/ghost-ship')).status).toBe(404)
  })

  it.each(['/', '/products', '/products?q=wool', '/products/storm-lantern', '/cart', '/delivery'])(
    'serves %s as a page that is not cached',
    async (path) => {
      const response = await get(path)
      expect(response.status).toBe(200)
      expect(response.headers.get('cache-control')).toContain('no-store')
      expect(await response.text()).toContain('Tidewater Goods')
    },
  )
})
