import { checkCustomer, isIdempotencyKey } from '@/lib/validation'
import { cartCookie } from '@/server/cart-cookie'
import { readCart } from '@/server/cart-view'
import { isForeign, problem, seeOther } from '@/server/http'
import { OrderRefused, placeOrder } from '@/server/place-order'

/** The checkout form without JavaScript. With it, the form talks to POST /api/orders. */
export async function POST(request: Request): Promise<Response> {
  if (isForeign(request)) return problem(403, 'foreign-origin', 'Orders come from our own pages.')
  const form = Object.fromEntries(await request.formData())
  const lines = [...(await readCart())]
  const customer = checkCustomer(form)
  const idempotencyKey = form.idempotencyKey
  if (lines.length === 0) return seeOther('/cart')
  if (!isIdempotencyKey(idempotencyKey)) return seeOther('/checkout?problem=expired')
  if (!customer.ok) return seeOther(`/checkout?fields=${Object.keys(customer.errors).join()}`)
  try {
    const { orderId } = await placeOrder({
      idempotencyKey,
      customer: customer.value,
      lines,
    })
    return seeOther(`/orders/${orderId}`, { 'set-cookie': cartCookie([]) })
  } catch (error) {
    if (error instanceof OrderRefused) return seeOther('/cart')
    throw error
  }
}
