import { randomUUID } from 'node:crypto'

const SHOP_URL = process.env.SHOP_URL

export const customer = {
  name: 'Grace Hopper',
  email: 'grace@example.com',
  address: '2 Harbour Road',
  city: 'Falmouth',
  postcode: 'TR11 3AB',
}

export function get(path: string, init?: RequestInit): Promise<Response> {
  return fetch(`${SHOP_URL}${path}`, { redirect: 'manual', ...init })
}

export function order(lines: { slug: string; quantity: number }[], key: string = randomUUID()) {
  return get('/api/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ customer, lines }),
  })
}

export async function stockOf(slug: string): Promise<number> {
  return (await (await get(`/api/products/${slug}`)).json()).stock
}
