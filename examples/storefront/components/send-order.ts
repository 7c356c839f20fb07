import type { CartLine } from '@/lib/cart'
import type { Customer, Order } from '@/lib/order'
import type { FieldErrors } from '@/lib/validation'

type Sent = { ok: true; orderId: string } | { ok: false; message: string; fields?: FieldErrors }

const TRIES = 3
const PAUSE_MS = 600

/** Sends the order. Tries again when no answer came: the key makes sure it is placed once. */
export async function sendOrder(
  key: string,
  order: { customer: Customer; lines: CartLine[] },
): Promise<Sent> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const response = await post(key, order)
    if (response?.ok) return { ok: true, orderId: ((await response.json()) as Order).id }
    if (response && response.status < 500) {
      const { error } = await response.json()
      return { ok: false, message: error.message, fields: error.fields }
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt))
  }
  return {
    ok: false,
    message: 'We could not reach the shop. Nothing is lost: please try again.',
  }
}

async function post(key: string, order: object): Promise<Response | undefined> {
  try {
    return await fetch('/api/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(order),
    })
  } catch {
    return undefined
  }
}
