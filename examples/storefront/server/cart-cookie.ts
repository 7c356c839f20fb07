import { CART_COOKIE, type Cart, serializeCart } from '@/lib/cart'

const THIRTY_DAYS = 30 * 24 * 3600

/** The Set-Cookie header that keeps this cart; an empty cart removes the cookie. */
export function cartCookie(cart: Cart): string {
  const age = cart.length > 0 ? THIRTY_DAYS : 0
  return `${CART_COOKIE}=${serializeCart(cart)}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax`
}
