import { checkCustomer, checkLines, isIdempotencyKey } from '@/lib/validation'
import { cartCookie } from '@/server/cart-cookie'
import { isForeign, json, problem } from '@/server/http'
import { getOrder } from '@/server/orders'
import { OrderRefused, placeOrder } from '@/server/place-order'

/**
 * POST /api/orders with `{ customer, lines }` and an Idempotency-Key header.
 * 201 placed, 200 placed before with the same key, 409 out of stock, 422 invalid.
 */
export async function POST(request: Request): Promise<Response> {
  if (isForeign(request)) return problem(403, 'foreign-origin', 'Orders come from our own pages.')
  const idempotencyKey = request.headers.get('idempotency-key')
  if (!isIdempotencyKey(idempotencyKey)) {
    return problem(400, 'idempotency-key', 'Send an Idempotency-Key header of 8 to 100 letters and digits.')
  }
  const body = await request.json().catch(() => undefined)
  const customer = checkCustomer(body?.customer)
  const lines = checkLines(body?.lines)
  if (!customer.ok || !lines.ok) {
    const fields = {
      ...(customer.ok ? {} : customer.errors),
      ...(lines.ok ? {} : lines.errors),
    }
    return problem(422, 'invalid', 'Please check the marked fields.', {
      fields,
    })
  }
  try {
    const placed = await placeOrder({
      idempotencyKey,
      customer: customer.value,
      lines: lines.value,
    })
    const headers = {
      location: `/api/orders/${placed.orderId}`,
      'set-cookie': cartCookie([]),
    }
    return json(await getOrder(placed.orderId), placed.replayed ? 200 : 201, headers)
  } catch (error) {
    if (error instanceof OrderRefused) return problem(409, error.code, error.message, { slug: error.slug })
    throw error
  }
}
