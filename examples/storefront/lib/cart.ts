/** A cart is the little that the browser keeps: what, and how many. Prices never travel in it. */
export type CartLine = { slug: string; quantity: number }
export type Cart = readonly CartLine[]

export const CART_COOKIE = 'tidewater_cart'
export const MAX_LINES = 20
export const MAX_QUANTITY = 12

const SLUG = /^[a-z0-9-]{1,60}$/

/** Reads a cookie such as `storm-lantern*1.harbour-mug*2`; anything malformed is left out. */
export function parseCart(cookie: string | undefined): Cart {
  if (!cookie) return []
  let cart: Cart = []
  for (const part of cookie.split('.')) {
    const [slug = '', quantity = ''] = part.split('*')
    if (SLUG.test(slug) && /^\d{1,3}$/.test(quantity)) {
      cart = addToCart(cart, slug, Number(quantity))
    }
  }
  return cart
}

export function serializeCart(cart: Cart): string {
  return cart.map((line) => `${line.slug}*${line.quantity}`).join('.')
}

export function addToCart(cart: Cart, slug: string, quantity: number): Cart {
  const present = cart.find((line) => line.slug === slug)
  return setQuantity(cart, slug, (present?.quantity ?? 0) + quantity)
}

/** Zero or less removes the line; more than the limits allow is cut to the limit. */
export function setQuantity(cart: Cart, slug: string, quantity: number): Cart {
  const wanted = Math.min(Math.trunc(quantity), MAX_QUANTITY)
  if (!(wanted > 0)) return cart.filter((line) => line.slug !== slug)
  if (cart.some((line) => line.slug === slug)) {
    return cart.map((line) => (line.slug === slug ? { slug, quantity: wanted } : line))
  }
  return cart.length >= MAX_LINES ? cart : [...cart, { slug, quantity: wanted }]
}

export function countItems(cart: Cart): number {
  return cart.reduce((sum, line) => sum + line.quantity, 0)
}
