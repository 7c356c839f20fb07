import { describe, expect, it } from 'vitest'
import { customer, get } from './shop'

const post = (path: string, fields: Record<string, string>, cookie = '', headers = {}) =>
  get(path, { method: 'POST', body: new URLSearchParams(fields), headers: { cookie, ...headers } })

const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? ''

describe('the cart without JavaScript', () => {
  it('is filled by a form, shown, and checked out', async () => {
    const added = await post('/cart/lines', { slug: 'long-watch-flask', quantity: '1' })
    expect([added.status, added.headers.get('location')]).toEqual([303, '/cart'])
    const cookie = cookieOf(added)
    const page = await (await get('/cart', { headers: { cookie } })).text()
    expect(page).toContain('Long Watch Flask')

    const checkout = await (await get('/checkout', { headers: { cookie } })).text()
    const key = /name="idempotencyKey" value="([\w-]+)"/.exec(checkout)?.[1] ?? ''
    const placed = await post('/checkout/place', { ...customer, idempotencyKey: key }, cookie)
    expect(placed.status).toBe(303)
    expect(placed.headers.get('location')).toMatch(/^\/orders\/[\w-]{36}$/)
    expect(placed.headers.get('set-cookie')).toContain('Max-Age=0')
  })

  it('refuses posts from other sites', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' }
    const response = await post('/cart/lines', { slug: 'dry-bag', quantity: '1' }, '', headers)
    expect(response.status).toBe(403)
  })
})
