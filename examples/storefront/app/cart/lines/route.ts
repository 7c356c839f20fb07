import { addToCart, setQuantity } from '@/lib/cart'
import { cartCookie } from '@/server/cart-cookie'
import { readCart, viewCart } from '@/server/cart-view'
import { getProduct } from '@/server/catalogue'
import { isForeign, json, problem, seeOther } from '@/server/http'

/**
 * POST a form with `slug`, `quantity` and `mode` (`add` or `set`; 0 removes).
 * Answers with the cart to scripts (Accept: application/json), with a redirect to it otherwise.
 */
export async function POST(request: Request): Promise<Response> {
  if (isForeign(request)) return problem(403, 'foreign-origin', 'The cart is filled from our own pages.')
  const form = await request.formData().catch(() => undefined)
  const slug = String(form?.get('slug') ?? '')
  const quantity = Number(form?.get('quantity') ?? 1)
  if (!Number.isInteger(quantity)) return problem(422, 'invalid', 'The quantity is a whole number.')
  if (quantity > 0 && !(await getProduct(slug))) return problem(404, 'not-found', 'There is no such product.')
  const cart = await readCart()
  const change = form?.get('mode') === 'set' ? setQuantity : addToCart
  const changed = change(cart, slug, quantity)
  const headers = { 'set-cookie': cartCookie(changed) }
  const wantsJson = request.headers.get('accept')?.includes('application/json')
  return wantsJson ? json(await viewCart(changed), 200, headers) : seeOther('/cart', headers)
}
